using System.IO.Compression;
using Mcdm.Weights.PyTorch;
using Xunit;

namespace Mcdm.Core.Tests.Formats.PyTorch;

public sealed class PyTorchFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Path => _folder.File("x.pt");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("", "epoch:s", "w:0")]
    [InlineData("state_dict", "epoch:s", "state_dict/w:0")]
    [InlineData("state_dict/state_dict", "state_dict/state_dict/w:0")]
    [InlineData("model", "step:scalar", "model/w:0", "ema/w:1")]
    [InlineData("params_ema", "params/w:0", "params_ema/w:1")]
    [InlineData("anything", "anything/w:0")]
    [InlineData("state_dict", "state_dict/w:0", "optimizer/w:1")]
    [InlineData("net/inner", "net/inner/w:0")]
    public void The_root_is_where_other_programs_look(string expected, params string[] entries)
    {
        Nested(entries).WriteZip(Path, ("0", 2), ("1", 2), ("s", 1));
        using var file = PyTorchFile.Open(Path);
        Assert.Equal(expected, file.Root);
        Assert.Equal(["w"], file.Names);
    }

    [Fact]
    public void A_root_can_be_chosen_and_one_that_is_not_there_is_refused()
    {
        Nested("model/w:0", "ema/v:1").WriteZip(Path, ("0", 2), ("1", 2));
        using (var file = PyTorchFile.Open(Path, "ema")) { Assert.Equal(["v"], file.Names); }
        var error = Assert.Throws<McdmException>(() => PyTorchFile.Open(Path, "emma"));
        Assert.Equal("PyTorchRoot", error.Id);
        Assert.Contains("'model', 'ema'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Several_sets_of_tensors_are_named()
    {
        Nested("actor/w:0", "critic/w:1").WriteZip(Path, ("0", 2), ("1", 2));
        var error = Assert.Throws<McdmException>(() => PyTorchFile.Open(Path));
        Assert.Equal("PyTorchRoots", error.Id);
        Assert.Contains("'actor', 'critic'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_dict_that_holds_itself_ends()
    {
        new PickleBuilder().Op('}').Op((byte)'q', 0).Op('(').Text("a").Op((byte)'h', 0).Text("b").Op((byte)'h', 0).Text("c").Op((byte)'h', 0).Op('u').WriteZip(Path);
        Assert.Equal("PyTorchContent", Assert.Throws<McdmException>(() => PyTorchFile.Open(Path)).Id);
    }

    [Fact]
    public void A_part_of_an_old_storage_begins_where_it_says()
    {
        new PickleBuilder().Dict(items => items.Text("w").Tensor("9", 6, 1, [2], [1], view => view.Op('(').Text("view").Number(2).Number(3).Op('t'))).WriteLegacy(Path, ("9", 6));
        using var file = PyTorchFile.Open(Path);
        using var w = file.Read("w");
        Assert.Equal([3f, 4f], w.data<float>().ToArray());
    }

    [Theory]
    [InlineData(6, 0, new[] { 7 }, new[] { 1 })]
    [InlineData(6, 5, new[] { 2 }, new[] { 1 })]
    [InlineData(6, 0, new[] { 2, 2 }, new[] { 5, 1 })]
    [InlineData(6, -1, new[] { 1 }, new[] { 1 })]
    [InlineData(6, 0, new[] { 2 }, new[] { -1 })]
    [InlineData(6, 0, new[] { -2 }, new[] { 1 })]
    [InlineData(6, 0, new[] { 2 }, new int[0])]
    [InlineData(6, 0, new[] { int.MaxValue, int.MaxValue, int.MaxValue }, new[] { 0, 0, 0 })]
    [InlineData(6, 0, new[] { int.MaxValue, 1 }, new[] { 0, 0 })]
    [InlineData(6, 0, new[] { 0, int.MaxValue, int.MaxValue, int.MaxValue }, new[] { 0, 0, 0, 0 })]
    public void A_tensor_beyond_its_storage_is_refused_by_name(int stored, int offset, int[] shape, int[] strides)
    {
        new PickleBuilder().Dict(items => items.Text("good").Vector("1", 2).Text("bad").Tensor("0", stored, offset, shape, strides)).WriteZip(Path, ("0", stored), ("1", 2));
        var error = Assert.Throws<McdmException>(() => PyTorchFile.Open(Path));
        Assert.Equal("PyTorchTensor", error.Id);
        Assert.Contains("'bad'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_packed_file_is_read_but_not_one_that_grows_a_hundredfold()
    {
        const int few = 1000, many = 4_000_000;
        new PickleBuilder().Dict(items => items.Text("w").Tensor("0", few, 998, [2], [1])).WriteZip(Path, CompressionLevel.Optimal, ("0", few));
        using (var file = PyTorchFile.Open(Path))
        using (var w = file.Read("w")) { Assert.Equal([998 % 256, 999 % 256], w.data<float>().ToArray()); }
        new PickleBuilder().Dict(items => items.Text("w").Vector("0", many)).WriteZip(Path, CompressionLevel.Optimal, ("0", many));
        Assert.Equal("PyTorchPacked", Assert.Throws<McdmException>(() => PyTorchFile.Open(Path)).Id);
    }

    [Fact]
    public void A_bad_tensor_outside_the_root_stops_nothing()
    {
        new PickleBuilder().Dict(items => items.Text("state_dict").Dict(inner => inner.Text("w").Vector("0", 2)).Text("optimizer").Vector("missing", 99)).WriteZip(Path, ("0", 2));
        using var file = PyTorchFile.Open(Path);
        file.Read("w").Dispose();
    }

    [Fact]
    public void Values_that_pile_up_are_refused_before_memory_is_gone()
    {
        var pile = new PickleBuilder().Op(']').Op('(');
        for (int i = 0; i < 900_000; i++) { pile.Op(']'); if (i % 1000 == 999) { pile.Op('e').Op('('); } }
        pile.Op('e').WriteZip(Path);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<McdmException>(() => PyTorchFile.Open(Path));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 * new FileInfo(Path).Length + (16 << 20));
    }

    [Theory]
    [InlineData("PyTorchPickle", new byte[] { (byte)'h', 7 })]
    [InlineData("PyTorchPickle", new byte[] { (byte)'t' })]
    [InlineData("PyTorchPickle", new byte[] { (byte)'u' })]
    [InlineData("PyTorchPickle", new byte[] { (byte)'R' })]
    [InlineData("PyTorchPickle", new byte[] { (byte)'N', (byte)'N', (byte)'R' })]
    [InlineData("PyTorchPickle", new byte[] { (byte)'N', (byte)'Q' })]
    [InlineData("PyTorchPickle", new byte[] { (byte)'i' })]
    [InlineData("PyTorchPickle", new byte[] { 0x80, 6 })]
    [InlineData("PyTorchTruncated", new byte[] { (byte)'X', 5, 0, 0, 0 })]
    [InlineData("PyTorchTruncated", new byte[] { (byte)'B', 0xFF, 0xFF, 0xFF, 2 })]
    [InlineData("PyTorchContent", new byte[] { (byte)'N' })]
    public void A_pickle_that_makes_no_sense_is_refused(string id, byte[] instructions)
    {
        new PickleBuilder().Op(instructions).WriteZip(Path);
        Assert.Equal(id, Assert.Throws<McdmException>(() => PyTorchFile.Open(Path)).Id);
    }

    [Fact]
    public void A_file_cut_anywhere_is_refused_or_read_whole()
    {
        Nested("w:0").WriteZip(Path, ("0", 2));
        byte[] zip = File.ReadAllBytes(Path);
        Nested("w:0").WriteLegacy(Path, ("0", 2));
        byte[] legacy = File.ReadAllBytes(Path);
        foreach (byte[] bytes in new[] { zip, legacy })
        {
            for (int length = 0; length < bytes.Length; length++)
            {
                File.WriteAllBytes(Path, bytes[..length]);
                Assert.Throws<McdmException>(() => PyTorchFile.Open(Path));
            }
        }
    }

    [Fact]
    public void A_zip_of_something_else_and_bytes_of_nothing_are_refused()
    {
        File.WriteAllBytes(Path, [0x7F, 1, 2, 3, 4, 5, 6, 7, 8]);
        Assert.Equal("PyTorchFormat", Assert.Throws<McdmException>(() => PyTorchFile.Open(Path)).Id);
        using (var zip = ZipFile.Open(_folder.File("other.zip"), ZipArchiveMode.Create)) { zip.CreateEntry("readme.txt"); }
        Assert.Contains("not one that torch.save wrote", Assert.Throws<McdmException>(() => PyTorchFile.Open(_folder.File("other.zip"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void No_tensor_stays_behind()
    {
        new PickleBuilder().Dict(items => items.Text("w").Tensor("0", 6, 0, [3, 2], [1, 3])).WriteZip(Path, ("0", 6));
        Assert.Equal(0, LiveTensors.LeftBy(() =>
        {
            using var file = PyTorchFile.Open(Path);
            file.Read("w", TorchSharp.torch.ScalarType.BFloat16).Dispose();
        }));
    }

    /// <summary>Dicts by the paths of what they hold, as <c>model/w:0</c>: a tensor of two numbers in the storage 0, one number, or the text s.</summary>
    private static PickleBuilder Nested(params string[] entries)
    {
        var builder = new PickleBuilder();
        Write(builder, [.. entries.Select(entry => entry.Split('/'))]);
        return builder;

        static void Write(PickleBuilder at, IReadOnlyList<string[]> entries) => at.Dict(items =>
        {
            foreach (var group in entries.GroupBy(parts => parts[0]))
            {
                string[] leaf = group.Key.Split(':');
                items.Text(leaf[0]);
                if (leaf.Length == 1) { Write(items, [.. group.Select(parts => parts[1..])]); }
                else if (leaf[1] == "s") { items.Text("three"); }
                else if (leaf[1] == "scalar") { items.Tensor("s", 1, 0, [], []); }
                else { items.Vector(leaf[1], 2); }
            }
        });
    }
}
