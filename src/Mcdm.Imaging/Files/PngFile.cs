using Mcdm.Files;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats.Png;

namespace Mcdm.Imaging.Files;

/// <summary>Writes pictures as PNG with text metadata, whole or not at all, and reads the metadata back.</summary>
public static class PngFile
{
    /// <summary>The code of a text in no language, such as JSON (BCP 47); with a language, the image library writes iTXt, which is UTF-8.</summary>
    private const string Undetermined = "und";

    private static readonly PngEncoder s_rgb = Encoder(PngColorType.Rgb), s_rgba = Encoder(PngColorType.RgbWithAlpha);

    /// <summary>Writes a picture to a file, under a temporary name in the same folder until it is complete.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="path">The file, as a full path; its folder exists.</param>
    /// <param name="text">Metadata by keyword (1 to 79 Latin-1 characters); none when null.</param>
    /// <param name="overwrite">Whether an existing file may be replaced.</param>
    /// <exception cref="McdmException">
    /// <c>OutputExists</c>, <c>OutputIsFolder</c>, <c>OutputFolderNotFound</c>, <c>OutputUnwritable</c> or <c>PngTextInvalid</c>;
    /// whatever was at the path is then as it was.
    /// </exception>
    public static void Write(Picture picture, string path, IReadOnlyDictionary<string, string>? text = null, bool overwrite = false) =>
        OutputFile.Write(path, () => Encode(picture, text), overwrite);

    /// <summary>Encodes a picture: RGB where every pixel is opaque, RGBA otherwise, 8 bits a channel.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="text">Metadata by keyword (1 to 79 Latin-1 characters); none when null.</param>
    /// <returns>The bytes of a PNG file.</returns>
    /// <exception cref="McdmException"><c>PngTextInvalid</c>: a keyword or text that PNG cannot hold.</exception>
    public static byte[] Encode(Picture picture, IReadOnlyDictionary<string, string>? text = null)
    {
        ArgumentNullException.ThrowIfNull(picture);
        using var image = Pixels.Of(picture);
        var texts = image.Metadata.GetPngMetadata().TextData;
        foreach (var (keyword, value) in text ?? new Dictionary<string, string>())
        {
            CheckText(keyword, value);
            texts.Add(new PngTextData(keyword, value, Undetermined, ""));
        }
        return Pixels.Encode(image, picture.IsOpaque ? s_rgb : s_rgba, "PNG");
    }

    /// <summary>Reads the text metadata of a PNG file (tEXt, zTXt and iTXt).</summary>
    /// <param name="path">The file, as a full path.</param>
    /// <returns>The texts by keyword; none where the file is not PNG, and those before the damage where it is damaged.</returns>
    /// <exception cref="McdmException"><c>PictureNotFound</c>, <c>PictureIsFolder</c> or <c>PictureUnreadable</c>.</exception>
    public static IReadOnlyDictionary<string, string> ReadText(string path) => ReadText(PictureFile.ReadBytes(path));

    /// <summary>As <see cref="ReadText(string)"/>, from the bytes of a file.</summary>
    public static IReadOnlyDictionary<string, string> ReadText(byte[] bytes)
    {
        var texts = new Dictionary<string, string>();
        foreach (var text in Texts(bytes)) { texts.TryAdd(text.Keyword, text.Value); }
        return texts;
    }

    /// <summary>All texts under a keyword, in the order of the file: PNG allows several.</summary>
    /// <param name="bytes">A file of any kind.</param>
    /// <param name="keyword">The keyword.</param>
    public static IEnumerable<string> ReadTexts(byte[] bytes, string keyword) => Texts(bytes).Where(text => text.Keyword == keyword).Select(text => text.Value);

    private static IList<PngTextData> Texts(byte[] bytes)
    {
        try
        {
            if (Image.DetectFormat(PictureFormats.Configuration, bytes) is not PngFormat || PngChunks.Explode(bytes)) { return []; }
            using var whole = new MemoryStream(bytes, 0, PngChunks.Whole(bytes).Length);
            return Image.Identify(PictureFormats.Configuration, whole)?.Metadata.GetPngMetadata().TextData ?? [];
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            return []; // damaged before its texts
        }
    }

    private static void CheckText(string keyword, string value)
    {
        bool keywordFits = keyword.Length is >= 1 and <= 79 && keyword.Trim() == keyword
            && keyword.All(c => c is (>= ' ' and <= '~') or (>= '\u00A1' and <= '\u00FF'));
        if (!keywordFits || value.Contains('\0', StringComparison.Ordinal))
        {
            throw new McdmException("PngTextInvalid", ErrorKind.InvalidArgument,
                $"The text '{keyword}' cannot be stored in a PNG file; its keyword must be 1 to 79 Latin-1 characters "
                + "without spaces around it, and the text must not hold the character 0.");
        }
    }

    /// <summary>Texts are not compressed, so that any program can show them.</summary>
    private static PngEncoder Encoder(PngColorType colors) => new()
    {
        ColorType = colors,
        BitDepth = PngBitDepth.Bit8,
        ChunkFilter = PngChunkFilter.ExcludePhysicalChunk,
        TextCompressionThreshold = int.MaxValue,
    };
}
