namespace Mcdm.Modalities;

/// <summary>A kind of condition.</summary>
public enum Modality
{
    /// <summary>A sentence.</summary>
    Text,

    /// <summary>A line drawing: an edge map.</summary>
    Sketch,

    /// <summary>A segmentation mask, possibly partial.</summary>
    Segment,

    /// <summary>A tiny picture: roughly which colours are where.</summary>
    LowResolution,
}
