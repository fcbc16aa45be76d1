namespace Mcdm.Imaging;

/// <summary>How new pixels are made from old ones.</summary>
public enum ResizeKind
{
    /// <summary>Mitchell's cubic filter, widened when shrinking so that every source pixel counts: for photographs and drawings.</summary>
    Smooth,

    /// <summary>The nearest source pixel, no new colours: for masks.</summary>
    Nearest,
}
