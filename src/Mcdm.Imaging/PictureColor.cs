namespace Mcdm.Imaging;

/// <summary>An opaque sRGB colour.</summary>
/// <param name="Red">0…255.</param>
/// <param name="Green">0…255.</param>
/// <param name="Blue">0…255.</param>
public readonly record struct PictureColor(byte Red, byte Green, byte Blue)
{
    /// <summary>White paper.</summary>
    public static PictureColor White { get; } = new(255, 255, 255);

}
