namespace Mcdm.Layers.UNet2D;

/// <summary>What the U-Nets have in common.</summary>
internal abstract record UNetShape : BlockOptions
{
    protected UNetShape() => LayersPerBlock = 2;

    /// <summary>The block between the ways down and up; null for none.</summary>
    public string? MidBlockType { get; init; } = "UNetMidBlock2D";

    /// <summary>Whether the middle may be one residual block, without a second behind it: files of one kind have it so and so.</summary>
    public virtual bool IsMiddleShort => false;

    public double NormEps { get; init; } = 1e-5;

    /// <summary>Channels of the time embedding; null for four times the finest level's.</summary>
    public int? TimeEmbeddingDim { get; init; }

    /// <summary>Whether cosines come before sines.</summary>
    public bool FlipSinToCos { get; init; } = true;

    /// <summary>By how much less than half the channels the frequencies fall to their last.</summary>
    public double FreqShift { get; init; }

    /// <summary>Channels of the sinusoids of a guidance that the network reads beside the time; null where it reads none.</summary>
    public virtual int? GuidanceChannels => null;

    public string? ResnetTimeScaleShift { get; init; } = "default";

    public uint DownsamplePadding { get; init; } = 1;

    /// <summary>What is told with the time (<see cref="UNet2D.TextTime"/>): the numbers that are read, and channels of each size; null for nothing.</summary>
    public virtual (int Input, int SizeChannels)? TextTime => null;

    /// <inheritdoc cref="BlockStyle" path="/param[@name='ScaleShift']"/>
    public bool ScaleShift => ResnetTimeScaleShift == "scale_shift";

    public virtual int TimeChannels => TimeEmbeddingDim ?? 4 * BlockOutChannels[0];

    /// <summary>What its residual blocks have in common.</summary>
    public BlockStyle Style => new(Groups, NormEps, TimeChannels, ScaleShift, (int)DownsamplePadding);

    /// <summary>Whether a type of blocks has attention.</summary>
    public static bool Attends(string type) => type.Contains("Attn", StringComparison.Ordinal);

    public override IEnumerable<Rule> Rules() =>
    [
        new(NormNumGroups is not null, nameof(NormNumGroups), "a number of groups", IsOurs: true),
        new(DownsamplePadding <= 1, nameof(DownsamplePadding), "only 0 and 1", IsOurs: true),
        Positive(NormEps, nameof(NormEps)),
        .. base.Rules(),
    ];
}
