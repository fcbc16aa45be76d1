namespace Mcdm.Layers.Clip;

/// <summary>Shape of a <see cref="ClipTextModel"/>.</summary>
internal sealed record ClipTextOptions
{
    /// <summary>Tokens that it knows.</summary>
    public int Vocabulary { get; init; } = 49_408;

    /// <summary>Tokens of the longest text, start and end among them.</summary>
    public int Positions { get; init; } = 77;

    /// <summary>Width of a token.</summary>
    public int Width { get; init; } = 512;

    /// <summary>Width of the perceptrons' hidden layer.</summary>
    public int Hidden { get; init; } = 2048;

    /// <summary>Layers.</summary>
    public int Layers { get; init; } = 12;

    /// <summary>Heads of each layer.</summary>
    public int Heads { get; init; } = 8;

    /// <summary>Whether the non-linearity is x·σ(1.702 x), as OpenAI trained it, or the true gelu.</summary>
    public bool QuickGelu { get; init; } = true;

    /// <summary>What normalisations add to the variance.</summary>
    public double Epsilon { get; init; } = 1e-5;
}
