namespace Mcdm.Layers.Clip;

/// <summary>What the shapes of CLIP's two encoders have in common, as transformers names it.</summary>
internal abstract record ClipOptions : NetworkOptions
{
    private const int MaxLayers = 256;

    /// <summary>Width of a token.</summary>
    public int HiddenSize { get; init; }

    /// <summary>Width of the perceptrons' hidden layer.</summary>
    public int IntermediateSize { get; init; }

    public int NumHiddenLayers { get; init; } = 12;

    public int NumAttentionHeads { get; init; }

    /// <summary>The non-linearity: <c>quick_gelu</c> is x·σ(1.702 x), as OpenAI trained it, <c>gelu</c> the true one.</summary>
    public string? HiddenAct { get; init; } = "quick_gelu";

    public double LayerNormEps { get; init; } = 1e-5;

    public override IEnumerable<Rule> Rules() =>
    [
        new(HiddenSize % NumAttentionHeads == 0, nameof(NumAttentionHeads), $"a number that divides the width {HiddenSize}"),
        new(NumHiddenLayers <= MaxLayers, nameof(NumHiddenLayers), $"a number of layers up to {MaxLayers}"),
        Positive(LayerNormEps, nameof(LayerNormEps)),
    ];
}
