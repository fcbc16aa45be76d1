using System.Globalization;
using System.Management.Automation;
using System.Text;
using Mcdm.PowerShell.Serialization;

namespace Mcdm.PowerShell.Binding;

/// <summary>Lets a parameter of an encoding take what PowerShell's own cmdlets take: a name such as utf8 or ansi, or the number of a code page.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class EncodingTransformationAttribute : ArgumentTransformationAttribute
{
    /// <summary>Windows, western Europe: what a culture without a code page of its own is taken for.</summary>
    private const int WesternEurope = 1252;

    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object given = Wrapper.Without(inputData)!;
        if (given is Encoding) { return given; }
        string name = string.Create(CultureInfo.InvariantCulture, $"{given}").Trim();
        try
        {
            return name.ToUpperInvariant() switch
            {
                "UTF8" or "UTF8BOM" or "UTF8NOBOM" or "DEFAULT" => Encoding.UTF8,
                "ANSI" => OfPage(CultureInfo.CurrentCulture.TextInfo.ANSICodePage),
                "OEM" => OfPage(CultureInfo.CurrentCulture.TextInfo.OEMCodePage),
                "LATIN1" => Encoding.Latin1,
                "UNICODE" => Encoding.Unicode,
                "BIGENDIANUNICODE" => Encoding.BigEndianUnicode,
                "UTF32" => Encoding.UTF32,
                "BIGENDIANUTF32" => Encoding.GetEncoding("utf-32BE"),
                _ => int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int page) ? OfPage(page)
                    : CodePagesEncodingProvider.Instance.GetEncoding(name) ?? Encoding.GetEncoding(name),
            };
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            throw new ArgumentTransformationMetadataException($"'{name}' is no encoding; give a name such as utf8, ansi or latin1, or the number of a code "
                + "page such as 1252.", e);
        }
    }

    private static Encoding OfPage(int page) => page == 0 ? OfPage(WesternEurope)
        : CodePagesEncodingProvider.Instance.GetEncoding(page) ?? Encoding.GetEncoding(page);
}
