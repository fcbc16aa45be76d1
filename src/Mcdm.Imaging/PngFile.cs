using System.Runtime.InteropServices;
using SkiaSharp;

namespace Mcdm.Imaging;

/// <summary>Writes pictures as PNG with text metadata, whole or not at all, and reads the metadata back.</summary>
public static class PngFile
{
    /// <summary>Writes a picture to a file, under a temporary name in the same folder until it is complete.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="path">The file, as a full path; its folder exists.</param>
    /// <param name="text">Metadata by keyword (1 to 79 Latin-1 characters); none when null.</param>
    /// <param name="overwrite">Whether an existing file may be replaced.</param>
    /// <exception cref="McdmException">
    /// <c>OutputExists</c>, <c>OutputIsFolder</c>, <c>OutputFolderNotFound</c>, <c>OutputUnwritable</c> or <c>PngTextInvalid</c>;
    /// whatever was at the path is then as it was.
    /// </exception>
    public static void Write(Picture picture, string path, IReadOnlyDictionary<string, string>? text = null, bool overwrite = false)
    {
        ArgumentNullException.ThrowIfNull(path);
        string folder = Path.GetDirectoryName(Path.GetFullPath(path)) ?? string.Empty;
        if (Directory.Exists(path))
        {
            throw new McdmException("OutputIsFolder", ErrorKind.InvalidArgument,
                $"The picture cannot be written to '{path}' because that is a folder; the name of a file is needed.");
        }

        if (!overwrite && File.Exists(path))
        {
            throw Exists(path);
        }

        if (!Directory.Exists(folder))
        {
            throw new McdmException("OutputFolderNotFound", ErrorKind.NotFound,
                $"The picture cannot be written to '{path}' because its folder does not exist.");
        }

        byte[] png = Encode(picture, text);
        try
        {
            AtomicFile.Write(path, file => file.Write(png), overwrite);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw !overwrite && File.Exists(path)
                ? Exists(path)
                : new McdmException("OutputUnwritable", ErrorKind.WriteFailed, $"The picture cannot be written to '{path}': {error.Message}", error);
        }
    }

    /// <summary>Encodes a picture: RGB where every pixel is opaque, RGBA otherwise, 8 bits a channel.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="text">Metadata by keyword (1 to 79 Latin-1 characters); none when null.</param>
    /// <returns>The bytes of a PNG file.</returns>
    /// <exception cref="McdmException"><c>PngTextInvalid</c>: a keyword or text that PNG cannot hold.</exception>
    public static byte[] Encode(Picture picture, IReadOnlyDictionary<string, string>? text = null)
    {
        ArgumentNullException.ThrowIfNull(picture);
        SKAlphaType alpha = picture.IsOpaque ? SKAlphaType.Opaque : SKAlphaType.Unpremul;
        var info = new SKImageInfo(picture.Width, picture.Height, SKColorType.Rgba8888, alpha);
        GCHandle pin = GCHandle.Alloc(picture.Rgba, GCHandleType.Pinned);
        try
        {
            using SKPixmap pixels = new(info, pin.AddrOfPinnedObject());
            using SKData data = pixels.Encode(SKPngEncoderOptions.Default)
                ?? throw new McdmException("PictureUnencodable", ErrorKind.NotSupported,
                    $"The picture of {picture.Width}×{picture.Height} pixels cannot be encoded as PNG.");
            byte[] png = data.ToArray();
            return text is { Count: > 0 } ? PngText.Insert(png, text) : png;
        }
        finally
        {
            pin.Free();
        }
    }

    /// <summary>Reads the text metadata of a PNG file (tEXt, zTXt and iTXt).</summary>
    /// <param name="path">The file, as a full path.</param>
    /// <returns>The texts by keyword; none where the file is not PNG, and those before the damage where it is damaged.</returns>
    /// <exception cref="McdmException"><c>PictureNotFound</c>, <c>PictureIsFolder</c> or <c>PictureUnreadable</c>.</exception>
    public static IReadOnlyDictionary<string, string> ReadText(string path) => ReadText(PictureFile.ReadBytes(path));

    /// <summary>As <see cref="ReadText(string)"/>, from the bytes of a file.</summary>
    public static IReadOnlyDictionary<string, string> ReadText(byte[] bytes) => PngText.Read(bytes);

    private static McdmException Exists(string path) => new("OutputExists", ErrorKind.AlreadyExists,
        $"The file '{path}' exists already and is not replaced unless that is asked for.");
}
