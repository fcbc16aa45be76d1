using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats;
using SixLabors.ImageSharp.Formats.Bmp;
using SixLabors.ImageSharp.Formats.Gif;
using SixLabors.ImageSharp.Formats.Jpeg;
using SixLabors.ImageSharp.Formats.Png;
using SixLabors.ImageSharp.Formats.Tiff;
using SixLabors.ImageSharp.Formats.Webp;
using SixLabors.ImageSharp.Memory;
using SixLabors.ImageSharp.Metadata;

namespace Mcdm.Imaging;

/// <summary>What the image library may do here: it decodes these six formats and no other, the first picture of a file, within a limit of memory.</summary>
internal static class PictureFormats
{
    /// <summary>More than <c>PictureFile.MaxPixels</c> take at 8 bytes each; a file that asks for more at once is no picture that is read.</summary>
    private const int MaxBufferMegabytes = 512;

    /// <summary>Memory that is kept for the next picture.</summary>
    private const int PoolMegabytes = 32;

    /// <summary>The settings that every call to the image library takes.</summary>
    public static Configuration Configuration { get; } = Make();

    private static Configuration Make()
    {
        var configuration = new Configuration
        {
            MemoryAllocator = MemoryAllocator.Create(new MemoryAllocatorOptions { AllocationLimitMegabytes = MaxBufferMegabytes,
                MaximumPoolSizeMegabytes = PoolMegabytes }),
        };
        var formats = configuration.ImageFormatsManager;
        formats.SetDecoder(PngFormat.Instance, new PngDecoder());
        formats.AddImageFormatDetector(new PngImageFormatDetector());
        formats.SetDecoder(JpegFormat.Instance, new JpegDecoder());
        formats.AddImageFormatDetector(new JpegImageFormatDetector());
        formats.SetDecoder(WebpFormat.Instance, new WebpDecoder());
        formats.AddImageFormatDetector(new WebpImageFormatDetector());
        formats.SetDecoder(GifFormat.Instance, new GifDecoder { DecodingMode = FrameDecodingMode.First });
        formats.AddImageFormatDetector(new GifImageFormatDetector());
        formats.SetDecoder(TiffFormat.Instance, new TiffDecoder { DecodingMode = FrameDecodingMode.First });
        formats.AddImageFormatDetector(new TiffImageFormatDetector());
        formats.SetDecoder(BmpFormat.Instance, new BmpDecoder());
        formats.AddImageFormatDetector(new BmpDetector());
        return configuration;
    }

    /// <summary>The library's own takes every text that starts with "BM" for a picture.</summary>
    private sealed class BmpDetector : IImageFormatDetector
    {
        public int HeaderSize => 18;

        public IImageFormat? DetectFormat(ReadOnlySpan<byte> header) =>
            header.Length >= HeaderSize && header.StartsWith("BM"u8) && BitConverter.ToInt32(header[14..]) is 12 or 40 or 52 or 56 or 64 or 108 or 124
                ? BmpFormat.Instance : null;
    }
}
