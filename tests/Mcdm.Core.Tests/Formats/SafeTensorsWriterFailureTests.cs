using Mcdm.Weights;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Formats;

public sealed class SafeTensorsWriterFailureTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_tensor_that_fails_midway_leaves_the_old_file_and_nothing_else()
    {
        SafeTensorsWriter.Write(_folder.File("x"), [("p", ones(2))]);
        var before = File.ReadAllBytes(_folder.File("x"));
        using var sound = ones(4);
        using var noData = empty([4], device: META);

        Assert.ThrowsAny<Exception>(() => SafeTensorsWriter.Write(_folder.File("x"), [("a", sound), ("b", noData)]));
        Assert.Equal(before, File.ReadAllBytes(_folder.File("x")));
        Assert.Equal(["x"], _folder.Names);
    }

    [Fact]
    public void A_folder_in_the_place_of_the_file_is_left_alone()
    {
        Directory.CreateDirectory(_folder.File("x"));
        var error = Fails("OutputUnwritable", _folder.File("x"), ("p", ones(2)));
        Assert.Equal(ErrorKind.WriteFailed, error.Kind);
        Assert.Equal(["x"], _folder.Names);
    }

    [Fact]
    public void A_missing_folder_and_an_empty_path_are_refused()
    {
        Fails("OutputUnwritable", Path.Combine(_folder.File("absent"), "x"), ("p", ones(2)));
        Fails("OutputUnwritable", _folder.File("a\0b"), ("p", ones(2)));
        Fails("OutputUnwritable", _folder.File(new string('x', 300)), ("p", ones(2)));
        Assert.Equal("OutputUnwritable", Assert.Throws<McdmException>(() => SafeTensorsWriter.Write("", [("p", ones(1))])).Id);
        Assert.Empty(_folder.Names);
        Assert.Empty(Directory.EnumerateFiles(".", ".mcdm-*"));
    }

    [Fact]
    public void The_longest_name_that_the_file_system_takes_is_written()
    {
        SafeTensorsWriter.Write(_folder.File(new string('x', 255)), [("p", ones(1))]);
        Assert.Single(_folder.Names);
    }

    [Fact]
    public void What_a_file_cannot_hold_is_refused_before_writing()
    {
        Fails("SafeTensorsDuplicate", _folder.File("x"), ("p", ones(1)), ("p", ones(1)));
        Fails("SafeTensorsName", _folder.File("x"), ("__metadata__", ones(1)));
        Fails("SafeTensorsName", _folder.File("x"), ("\ud800", ones(1)));
        Fails("SafeTensorsDtype", _folder.File("x"), ("p", zeros(1, ScalarType.ComplexFloat32)));
        Assert.Equal("SafeTensorsMetadata", Assert.Throws<McdmException>(() =>
            SafeTensorsWriter.Write(_folder.File("x"), [], new Dictionary<string, string> { ["a"] = "\udc00" })).Id);
        Assert.Empty(_folder.Names);
    }

    private static McdmException Fails(string id, string path, params (string, Tensor)[] tensors)
    {
        var error = Assert.Throws<McdmException>(() => SafeTensorsWriter.Write(path, tensors));
        Assert.Equal(id, error.Id);
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        return error;
    }
}
