namespace Mcdm.Imaging.Lines;

/// <summary>How <see cref="CannyEdges"/> looks for edges.</summary>
public sealed record CannyOptions
{
    /// <summary>The defaults: thin outlines on drawings of about 64×64 pixels.</summary>
    public static CannyOptions Default { get; } = new();

    /// <summary>Standard deviation of the blur, in pixels; 0 does not blur. More hides detail and noise.</summary>
    public double Sigma { get; init; } = 0.8;

    /// <summary>Gradients from here on are edges where they continue a strong one. In levels (0…255) a pixel pair.</summary>
    public double LowThreshold { get; init; } = 10;

    /// <summary>Gradients from here on are edges by themselves. In levels (0…255) a pixel pair.</summary>
    public double HighThreshold { get; init; } = 24;
}
