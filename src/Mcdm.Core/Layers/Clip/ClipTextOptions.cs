namespace Mcdm.Layers.Clip;

/// <summary>Shape of a <see cref="ClipTextModel"/>, as transformers names it.</summary>
internal sealed record ClipTextOptions : NetworkOptions
{
    private const int MaxLayers = 256;

    public override string ClassName => "CLIPTextModel";

    public int VocabSize { get; init; } = 49_408;

    /// <summary>Tokens of the longest text, start and end among them.</summary>
    public int MaxPositionEmbeddings { get; init; } = 77;

    /// <summary>Width of a token.</summary>
    public int HiddenSize { get; init; } = 512;

    /// <summary>Width of the perceptrons' hidden layer.</summary>
    public int IntermediateSize { get; init; } = 2048;

    public int NumHiddenLayers { get; init; } = 12;

    public int NumAttentionHeads { get; init; } = 8;

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
