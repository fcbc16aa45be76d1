namespace Mcdm.Layers.Clip;

/// <summary>Shape of a <see cref="ClipTextModel"/>.</summary>
internal sealed record ClipTextOptions : ClipOptions
{
    public ClipTextOptions() => (HiddenSize, IntermediateSize, NumAttentionHeads) = (512, 2048, 8);

    public override string ClassName => "CLIPTextModel";

    public int VocabSize { get; init; } = 49_408;

    /// <summary>Tokens of the longest text, start and end among them.</summary>
    public int MaxPositionEmbeddings { get; init; } = 77;
}
