namespace Mcdm.Layers.Clip;

/// <summary>Shape of a <see cref="ClipVisionModel"/>.</summary>
internal sealed record ClipVisionOptions : ClipOptions
{
    public ClipVisionOptions() => (HiddenSize, IntermediateSize, NumAttentionHeads) = (768, 3072, 12);

    public override string ClassName => "CLIPVisionModelWithProjection";

    /// <summary>Numbers of a picture as one vector.</summary>
    public int ProjectionDim { get; init; } = 512;

    public int NumChannels { get; init; } = 3;

    /// <summary>Pixels along each side of its pictures.</summary>
    public int ImageSize { get; init; } = 224;

    /// <summary>Pixels along each side of a patch, which becomes one token.</summary>
    public int PatchSize { get; init; } = 32;

    /// <summary>Tokens of a picture: its patches, and one for all of it.</summary>
    public long Tokens => (long)(ImageSize / PatchSize) * (ImageSize / PatchSize) + 1;

    public override IEnumerable<Rule> Rules() =>
    [
        .. base.Rules(),
        new(NumChannels == 3, nameof(NumChannels), "only 3", IsOurs: true),
        new(ImageSize % PatchSize == 0, nameof(PatchSize), $"a number that divides the picture's {ImageSize} pixels"),
    ];
}
