namespace Mcdm.Imaging.Drawing;

/// <summary>What becomes of a picture of another shape than is wanted.</summary>
public enum PictureFit
{
    /// <summary>Its middle is kept.</summary>
    Crop,

    /// <summary>It loses its shape.</summary>
    Stretch,

    /// <summary>All of it is kept, in the middle, with black around it.</summary>
    Pad,
}
