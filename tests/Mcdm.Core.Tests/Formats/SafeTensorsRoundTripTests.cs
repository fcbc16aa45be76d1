using System.Text;
using Mcdm.Weights;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Formats;

public sealed class SafeTensorsRoundTripTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(ScalarType.Float64)]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.Float16)]
    [InlineData(ScalarType.BFloat16)]
    [InlineData(ScalarType.Int64)]
    [InlineData(ScalarType.Int32)]
    [InlineData(ScalarType.Int16)]
    [InlineData(ScalarType.Int8)]
    [InlineData(ScalarType.Byte)]
    [InlineData(ScalarType.Bool)]
    public void Every_type_comes_back_as_it_went(ScalarType type)
    {
        using var scope = NewDisposeScope();
        var values = type == ScalarType.Bool ? tensor(new[] { true, false, true, true, false, false }) : arange(6).to(type);
        var path = _folder.File("x.safetensors");
        SafeTensorsWriter.Write(path, [("grid", values.view(2, 3)), ("scalar", values[2]), ("none", values.narrow(0, 0, 0).view(0, 4))]);

        using var file = SafeTensorsFile.Open(path);
        Same(values.view(2, 3), file.Read("grid"));
        Same(values[2], file.Read("scalar"));
        Same(empty([0, 4], type), file.Read("none"));
        Assert.Equal(type, file.DataType("grid"));
        Assert.Equal([2L, 3L], file.Shape("grid"));
        Assert.Empty(file.Shape("scalar"));
        Assert.Equal(["grid", "none", "scalar"], file.Names.Order());
    }

    [Fact]
    public void Strided_tensors_are_written_in_order_and_left_as_they_are()
    {
        using var scope = NewDisposeScope();
        var image = arange(24, dtype: ScalarType.Float32).view(1, 2, 3, 4);
        var channelsLast = image.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);
        var path = _folder.File("x.safetensors");
        SafeTensorsWriter.Write(path, [("last", channelsLast), ("part", image.narrow(3, 1, 2)), ("wide", image[0, 0, 0, 0].expand(5))]);

        using var file = SafeTensorsFile.Open(path);
        Same(image, file.Read("last"));
        Same(image.narrow(3, 1, 2), file.Read("part"));
        Same(zeros(5), file.Read("wide"));
        Assert.False(channelsLast.is_contiguous());
    }

    [Fact]
    public void Parameters_that_require_gradients_are_written()
    {
        using var scope = NewDisposeScope();
        var parameter = new TorchSharp.Modules.Parameter(arange(4, dtype: ScalarType.Float32));
        SafeTensorsWriter.Write(_folder.File("x"), [("p", parameter)]);
        using var file = SafeTensorsFile.Open(_folder.File("x"));
        var read = file.Read("p");
        Assert.False(read.requires_grad);
        Same(arange(4, dtype: ScalarType.Float32), read);
    }

    [Fact]
    public void Reading_converts_when_asked()
    {
        using var scope = NewDisposeScope();
        SafeTensorsWriter.Write(_folder.File("x"), [("p", tensor(new[] { 0.5f, -2f }).to(ScalarType.BFloat16))]);
        using var file = SafeTensorsFile.Open(_folder.File("x"));
        Same(tensor(new[] { 0.5f, -2f }), file.Read("p", ScalarType.Float32));
    }

    [Fact]
    public void What_was_read_outlives_the_file()
    {
        SafeTensorsWriter.Write(_folder.File("x"), [("p", ones(3))]);
        var file = SafeTensorsFile.Open(_folder.File("x"));
        using var read = file.Read("p");
        file.Dispose();
        Same(ones(3), read);
        Assert.Throws<ObjectDisposedException>(() => file.Read("p"));
    }

    [Fact]
    public void Metadata_and_names_in_any_script_come_back()
    {
        var metadata = new Dictionary<string, string> { ["vocabulary"] = "{\"a\": 1}\n<b> & 'c'", ["Ψ"] = "顔 🙂", [""] = "" };
        SafeTensorsWriter.Write(_folder.File("x"), [("层.重み", ones(1)), ("", ones(1))], metadata);
        using var file = SafeTensorsFile.Open(_folder.File("x"));
        Assert.Equal(metadata.OrderBy(pair => pair.Key), file.Metadata.OrderBy(pair => pair.Key));
        Assert.Equal(["", "层.重み"], file.Names);
    }

    [Fact]
    public void A_file_may_hold_nothing()
    {
        SafeTensorsWriter.Write(_folder.File("x"), []);
        using var file = SafeTensorsFile.Open(_folder.File("x"));
        Assert.Empty(file.Names);
        Assert.Empty(file.Metadata);
        Assert.Equal("SafeTensorsUnknownTensor", Assert.Throws<McdmException>(() => file.Read("a")).Id);
    }

    [Fact]
    public void The_bytes_are_those_of_the_format()
    {
        using var scope = NewDisposeScope();
        var path = _folder.File("x");
        SafeTensorsWriter.Write(path,
            [("b", tensor(new byte[] { 7, 9 })), ("a", tensor(new[] { 1f, -2f }).view(2, 1)), ("n", tensor(new long[] { 258 })[0])],
            new Dictionary<string, string> { ["format"] = "pt" });

        var header = """{"__metadata__":{"format":"pt"},"n":{"dtype":"I64","shape":[],"data_offsets":[0,8]}"""
            + ""","a":{"dtype":"F32","shape":[2,1],"data_offsets":[8,16]},"b":{"dtype":"U8","shape":[2],"data_offsets":[16,18]}}""";
        Assert.Equal(194, header.Length);
        byte[] expected =
        [
            200, 0, 0, 0, 0, 0, 0, 0, .. Encoding.UTF8.GetBytes(header + "      "),
            2, 1, 0, 0, 0, 0, 0, 0,
            0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0,
            7, 9,
        ];
        Assert.Equal(expected, File.ReadAllBytes(path));
    }

    [Fact]
    public void The_header_is_padded_with_spaces_to_eight_bytes()
    {
        SafeTensorsWriter.Write(_folder.File("x"), [("abc", ones(1))]);
        var bytes = File.ReadAllBytes(_folder.File("x"));
        var length = (int)BitConverter.ToUInt64(bytes, 0);
        Assert.Equal(0, length % 8);
        Assert.Equal("""{"abc":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", Encoding.UTF8.GetString(bytes, 8, length).TrimEnd(' '));
        Assert.Equal(8 + length + 4, bytes.Length);
    }

    [Fact]
    public void Tensors_larger_than_a_chunk_go_in_parts()
    {
        using var values = arange(10, dtype: ScalarType.Int32);
        var parts = new List<byte[]>();
        SafeTensorsBytes.ForEachChunk(values, bytes => parts.Add(bytes.ToArray()), chunkBytes: 16);
        Assert.Equal([16, 16, 8], parts.Select(part => part.Length));
        Assert.Equal(Enumerable.Range(0, 10), parts.SelectMany(part => part).Chunk(4).Select(chunk => BitConverter.ToInt32(chunk)));
    }

    [Fact]
    public void Writing_replaces_a_file_even_while_it_is_open()
    {
        SafeTensorsWriter.Write(_folder.File("x"), [("p", ones(2))]);
        using var old = SafeTensorsFile.Open(_folder.File("x"));
        SafeTensorsWriter.Write(_folder.File("x"), [("p", zeros(3))]);
        using var next = SafeTensorsFile.Open(_folder.File("x"));
        using var before = old.Read("p");
        using var after = next.Read("p");
        Same(ones(2), before);
        Same(zeros(3), after);
        // On Windows the old file lies aside until it is closed.
        Assert.Equal(["x"], _folder.Names.Where(name => !OperatingSystem.IsWindows() || name[0] != '.'));
    }

    private static void Same(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.dtype, actual.dtype);
        Assert.Equal(expected.shape, actual.shape);
        Assert.True(actual.is_contiguous());
        Assert.True(expected.Equals(actual));
    }
}
