using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats;
using SixLabors.ImageSharp.PixelFormats;

namespace Mcdm.Imaging;

/// <summary>A picture's pixels as the image library holds them, and back.</summary>
internal static class Pixels
{
    /// <summary>The picture's own pixels, not a copy of them.</summary>
    public static Image<Rgba32> Of(Picture picture) =>
        Image.WrapMemory<Rgba32>(PictureFormats.Configuration, picture.Rgba.AsMemory(), picture.Width, picture.Height);

    /// <summary>The bytes of a picture file.</summary>
    /// <exception cref="McdmException"><c>PictureUnencodable</c>: the format holds no pictures of that size.</exception>
    public static byte[] Encode(Image<Rgba32> image, IImageEncoder encoder, string format)
    {
        using var bytes = new MemoryStream();
        try
        {
            image.Save(bytes, encoder);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            throw new McdmException("PictureUnencodable", ErrorKind.NotSupported,
                $"The picture of {image.Width}×{image.Height} pixels cannot be encoded as {format}.", error);
        }
        return bytes.ToArray();
    }

    public static Picture ToPicture(Image<Rgba32> image, bool isLossy = false)
    {
        var rgba = new byte[4 * image.Width * image.Height];
        image.CopyPixelDataTo(rgba);
        return new Picture(image.Width, image.Height, rgba) { IsLossy = isLossy };
    }
}
