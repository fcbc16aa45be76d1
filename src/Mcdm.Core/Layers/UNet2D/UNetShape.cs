namespace Mcdm.Layers.UNet2D;

/// <summary>What the U-Nets have in common: levels from the finest to the coarsest, and how time is told.</summary>
internal sealed record UNetShape
{
    /// <summary>Channels of what comes in: 3 for pictures, 4 for latents, 9 for latents beside a mask and a masked picture's latents.</summary>
    public required int InputChannels { get; init; }

    /// <summary>Channels at each level; every level halves the sides of the one before.</summary>
    public required IReadOnlyList<int> Channels { get; init; }

    /// <summary>Residual blocks at each level on the way down; one more on the way up.</summary>
    public required IReadOnlyList<int> Layers { get; init; }

    /// <summary>Whether each level has attention on the way down, from the finest.</summary>
    public required IReadOnlyList<bool> DownAttention { get; init; }

    /// <summary>Whether each level has attention on the way up, from the coarsest; empty for a ControlNet, which has no way up.</summary>
    public IReadOnlyList<bool> UpAttention { get; init; } = [];

    /// <summary>Whether there are blocks between the ways down and up.</summary>
    public bool Middle { get; init; } = true;

    /// <summary>Groups of the normalisations.</summary>
    public int Groups { get; init; } = 32;

    /// <summary>What they add to the variance.</summary>
    public double Epsilon { get; init; } = 1e-5;

    /// <summary>Channels of the time embedding; null for four times the finest level's.</summary>
    public int? TimeChannels { get; init; }

    /// <summary>Whether cosines come before sines.</summary>
    public bool FlipSinToCos { get; init; } = true;

    /// <summary>By how much less than half the channels the frequencies fall to their last.</summary>
    public double FrequencyShift { get; init; }

    /// <inheritdoc cref="BlockStyle" path="/param[@name='ScaleShift']"/>
    public bool ScaleShift { get; init; }

    /// <inheritdoc cref="BlockStyle" path="/param[@name='DownsamplePadding']"/>
    public int DownsamplePadding { get; init; } = 1;

    /// <summary>Channels of the time embedding.</summary>
    public int FullTimeChannels => TimeChannels ?? 4 * Channels[0];

    /// <summary>What its residual blocks have in common.</summary>
    public BlockStyle Style => new(Groups, Epsilon, FullTimeChannels, ScaleShift, DownsamplePadding);
}
