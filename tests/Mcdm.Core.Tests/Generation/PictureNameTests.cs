using Mcdm.Sampling;
using Xunit;

namespace Mcdm.Core.Tests.Generation;

public sealed class PictureNameTests
{
    /// <summary>Windows opens a device by such a name, in any case, with any ending; the superscript digits count as digits there.</summary>
    [Theory]
    [InlineData("CON")]
    [InlineData("nul")]
    [InlineData("conin$")]
    [InlineData("CONOUT$")]
    [InlineData("CONOUT$.x")]
    [InlineData("COM1")]
    [InlineData("COM\u00B9")]
    [InlineData("lpt\u00B2.png")]
    [InlineData("COM\u00B3 .a")]
    [InlineData("aux .txt")]
    public void A_device_of_Windows_is_no_name(string name)
    {
        var error = Assert.Throws<McdmException>(() => PictureName.Check(name));
        Assert.Equal("NameInvalid", error.Id);
        Assert.Contains($"'_{name}' would do", error.Message, StringComparison.Ordinal);
        PictureName.Check("_" + name);
    }

    [Theory]
    [InlineData("CON$")]
    [InlineData("CONIN")]
    [InlineData("COM\u2074")]
    [InlineData("COM10")]
    [InlineData("console")]
    public void What_only_looks_like_one_is_a_name(string name) => PictureName.Check(name);
}
