using Mcdm.Core.Tests.Checkpoints;
using Mcdm.Weights.PyTorch;
using Xunit;

namespace Mcdm.Core.Tests.Formats.PyTorch;

/// <summary>The files of shared/checkpoints/pickles: good ones come out right, others are refused before anything is allocated, and nothing in them runs.</summary>
public sealed class HostilePickleTests
{
    private const long MemoryOfRefusal = 16 << 20;

    [SharedTheory]
    [InlineData("plain.pt", "")]
    [InlineData("metadata.pt", "")]
    [InlineData("tied.pt", "")]
    [InlineData("dtypes.pt", "")]
    [InlineData("legacy.pt", "")]
    [InlineData("offset.pt", "")]
    [InlineData("slice.pt", "")]
    [InlineData("transposed.pt", "")]
    [InlineData("expand.pt", "")]
    [InlineData("parameter.pt", "")]
    [InlineData("lightning.ckpt", "state_dict")]
    public void A_good_file_is_read(string name, string root)
    {
        using var file = PyTorchFile.Open(PathOf(name));
        Assert.Equal(root, file.Root);
        Assert.NotEmpty(file.Names);
        foreach (string tensor in file.Names)
        {
            using var read = file.Read(tensor);
            Assert.Equal(file.Shape(tensor), read.shape);
            Assert.Equal(file.DataType(tensor), read.dtype);
        }
    }

    [SharedTheory]
    [InlineData("slice.pt", new[] { 0f, 1, 3, 4 })]
    [InlineData("transposed.pt", new[] { 0f, 2, 4, 1, 3, 5 })]
    public void Strides_are_followed(string name, float[] expected)
    {
        using var file = PyTorchFile.Open(PathOf(name));
        using var read = file.Read("w");
        Assert.Equal(expected, read.data<float>().ToArray());
    }

    [SharedTheory]
    [InlineData("bigendian.pt", "PyTorchBigEndian")]
    [InlineData("bomb.pt", "PyTorchStorage")]
    [InlineData("deep.pt", "PyTorchDepth")]
    [InlineData("evil.pt", "PyTorchContent")]
    [InlineData("hugeshape.pt", "PyTorchTensor")]
    [InlineData("hugestr.pt", "PyTorchPickle")]
    [InlineData("list.pt", "PyTorchContent")]
    [InlineData("longoffset.pt", "PyTorchTensor")]
    [InlineData("negstride.pt", "PyTorchTensor")]
    [InlineData("numpy.ckpt", "PyTorchContent")]
    [InlineData("short.pt", "PyTorchStorage")]
    public void A_hostile_file_is_refused_before_anything_is_allocated(string name, string id)
    {
        string path = PathOf(name);
        long before = GC.GetAllocatedBytesForCurrentThread();
        var error = Assert.Throws<McdmException>(() => PyTorchFile.Open(path));
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(id, error.Id);
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.InRange(allocated, 0, 4 * new FileInfo(path).Length + MemoryOfRefusal);
        Assert.False(File.Exists("pwned-by-pickle"));
    }

    private static string PathOf(string name) => Checkout.Shared("checkpoints", "pickles", name);
}
