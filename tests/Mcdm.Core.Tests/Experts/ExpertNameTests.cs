using Mcdm.Experts;
using Mcdm.Training;
using Xunit;

namespace Mcdm.Core.Tests.Experts;

/// <summary>An expert's name is that of its file, on whatever system its model is read.</summary>
public sealed class ExpertNameTests
{
    [Theory]
    [InlineData("con")]
    [InlineData("NUL")]
    [InlineData("Aux")]
    [InlineData("COM1")]
    [InlineData("lpt9")]
    public void A_device_of_Windows_is_refused_before_anything_is_learnt(string name)
    {
        using var faces = new TinyFaces();
        var error = Assert.Throws<McdmException>(() => new Trainer(faces.Dataset, TinyFaces.Options(steps: 1) with { Expert = name }, faces.Run("run")));
        Assert.Equal("ExpertNameInvalid", error.Id);
        Assert.Contains($"Windows has a device of that name, so '{name}.safetensors' could be no file there; 'my-{name}' would do", error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(faces.Run("run")));
        Assert.Equal("my-" + name, ExpertName.Check("my-" + name));
    }

    [Theory]
    [InlineData("console")]
    [InlineData("COM10")]
    [InlineData("con-1")]
    public void What_only_looks_like_one_is_a_name(string name) => Assert.Equal(name, ExpertName.Check(name));
}
