using Mcdm.Imaging;
using Mcdm.Imaging.Files;

namespace Mcdm.Modalities;

/// <summary>A picture in a cell of a table, as web pages have them in an address (RFC 2397): its PNG file in base 64.</summary>
internal static class PictureCell
{
    private const string Scheme = "data:", Beginning = "data:image/png;base64,";

    /// <summary>Whether a text is such a picture, and no file's name.</summary>
    public static bool Is(string text) => text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase);

    /// <summary>A picture as a text.</summary>
    public static string Of(Picture picture) => Beginning + Convert.ToBase64String(PngFile.Encode(picture, null));

    /// <summary>The picture of a text.</summary>
    /// <exception cref="McdmException"><c>CellInvalid</c>, or it is no picture.</exception>
    public static Picture Read(string text)
    {
        int comma = text.IndexOf(',', StringComparison.Ordinal);
        var bytes = new byte[text.Length];
        return comma >= 0 && text[..comma].EndsWith(";base64", StringComparison.OrdinalIgnoreCase)
            && Convert.TryFromBase64String(text[(comma + 1)..], bytes, out int length) ? PictureFile.Decode(bytes[..length], "a cell")
            : throw new McdmException("CellInvalid", ErrorKind.InvalidData,
                $"A cell that begins with {Scheme} holds a picture as {Beginning}… does, and this one was cut or is of another form; give the picture's file.");
    }
}
