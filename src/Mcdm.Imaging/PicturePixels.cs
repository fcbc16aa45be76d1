namespace Mcdm.Imaging;

/// <summary>
/// The pixels of pictures as a property for C#. A property of the class itself would be written out, byte by byte, by
/// whatever writes properties, such as ConvertTo-Json.
/// </summary>
public static class PicturePixels
{
    extension(Picture picture)
    {
        /// <summary>The pixels, row by row from the top, four bytes each: red, green, blue, alpha (not multiplied in).</summary>
        public byte[] Rgba => picture.GetRgba();
    }
}
