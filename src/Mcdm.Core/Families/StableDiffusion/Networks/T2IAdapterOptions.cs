using Mcdm.Layers;

namespace Mcdm.Families.StableDiffusion.Networks;

/// <summary>Shape of a <see cref="T2IAdapterModel"/>.</summary>
internal sealed record T2IAdapterOptions : NetworkOptions
{
    /// <summary>The kinds that are published: for Stable Diffusion 1.x, for XL, and a small one for 1.x.</summary>
    public const string Full = "full_adapter", FullXL = "full_adapter_xl", Light = "light_adapter";

    private const int MaxBlocks = 64;

    public override string ClassName => "T2IAdapter";

    public string? AdapterType { get; init; } = Full;

    /// <summary>Channels of the picture: 3, or 1 for lines.</summary>
    public int InChannels { get; init; } = 3;

    /// <summary>Channels of the features at each level; the light kind's last counts twice.</summary>
    public IReadOnlyList<int> Channels { get; init; } = [320, 640, 1280, 1280];

    /// <summary>Residual blocks at each level.</summary>
    public int NumResBlocks { get; init; } = 2;

    /// <summary>Pixels of the picture along each side of one place of the first features.</summary>
    public int DownscaleFactor { get; init; } = 8;

    /// <summary>Channels of the features at each level.</summary>
    public IReadOnlyList<int> Levels => AdapterType == Light ? [.. Channels, Channels[^1]] : Channels;

    /// <summary>Whether a level halves what it gets.</summary>
    public bool Halves(int level) => AdapterType == FullXL ? level == 2 : level > 0;

    public override IEnumerable<Rule> Rules() =>
    [
        new(InChannels is 1 or 3, nameof(InChannels), "only 1 and 3", IsOurs: true),
        new(NumResBlocks <= MaxBlocks, nameof(NumResBlocks), $"a number up to {MaxBlocks}"),
        new(Levels.Count == 4, nameof(Channels), AdapterType == Light ? "a list of 3" : "a list of 4", IsOurs: true),
    ];
}
