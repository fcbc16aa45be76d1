using System.Runtime.InteropServices;
using Mcdm.Weights.PyTorch;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Golden;

/// <summary>Files of torch.save: what must load, and what must be refused by name.</summary>
internal sealed class PyTorchKinds : IGoldenKind
{
    private const string Bits = "|bits";

    public IReadOnlyList<string> Kinds => ["load", "refuse"];

    public void Check(GoldenCase golden)
    {
        string path = golden.Folder.Find(golden.Parameters.GetProperty("file").GetString()!);
        if (golden.Kind == "load") { Load(golden, path); } else { Refuse(golden, path); }
    }

    private static void Load(GoldenCase golden, string path)
    {
        string root = golden.Parameters.GetProperty("root").GetString()!;
        using var file = PyTorchFile.Open(path);
        using var named = PyTorchFile.Open(path, root);
        Assert.Equal(root, file.Root);
        Assert.Equal(file.Names, named.Names);
        var expected = golden.Parameters.GetProperty("tensors").EnumerateObject().ToDictionary(tensor => tensor.Name, tensor => tensor.Value);
        Assert.Equal(expected.Keys.Order(StringComparer.Ordinal), file.Names.Order(StringComparer.Ordinal));
        foreach (var (name, about) in expected)
        {
            Assert.Equal(about.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64()), file.Shape(name));
            // Where averages lie beside what is under the root, a file that is opened without one gives those.
            AssertBits(golden, name, named.Read(name));
            if (golden.HasOutput(name + Bits)) { golden.AssertEqual(name + Bits, tensor(MemoryMarshal.Cast<byte, long>(named.Read(name).bytes).ToArray())); }
        }
    }

    private static void Refuse(GoldenCase golden, string path)
    {
        var texts = golden.Parameters.GetProperty("message_must_contain").EnumerateArray().Select(text => text.GetString()!).ToList();
        if (golden.Parameter("keys") is not { } keys)
        {
            AssertSays(texts, Assert.Throws<McdmException>(() => PyTorchFile.Open(path)));
            return;
        }
        using var file = PyTorchFile.Open(path);
        foreach (string key in keys.EnumerateArray().Select(key => key.GetString()!)) { AssertSays(texts, Assert.Throws<McdmException>(() => file.Read(key))); }
        foreach (string good in golden.Outputs) { AssertBits(golden, good, file.Read(good)); }
    }

    private static void AssertSays(IEnumerable<string> texts, McdmException error)
    {
        foreach (string text in texts) { Assert.Contains(text, error.Message, StringComparison.Ordinal); }
    }

    /// <summary>Equal to the last bit once both are as wide as what is stored.</summary>
    private static void AssertBits(GoldenCase golden, string name, Tensor actual)
    {
        var expected = golden.Output(name);
        Assert.Equal(expected.shape, actual.shape);
        Assert.Equal(expected.bytes.ToArray(), actual.to(expected.dtype).contiguous().bytes.ToArray());
    }
}
