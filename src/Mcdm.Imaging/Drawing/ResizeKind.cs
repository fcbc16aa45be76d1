namespace Mcdm.Imaging.Drawing;

/// <summary>How new pixels are made from old ones.</summary>
public enum ResizeKind
{
    /// <summary>Mitchell's cubic filter, widened when shrinking so that every source pixel counts: for photographs and drawings.</summary>
    Smooth,

    /// <summary>The nearest source pixel, no new colours: as other programs resize masks.</summary>
    Nearest,

    /// <summary>
    /// The colour that most of the source pixels have whose middles lie in the new one, no new colours: for masks, whose thin parts would move or break
    /// otherwise.
    /// </summary>
    Majority,
}
