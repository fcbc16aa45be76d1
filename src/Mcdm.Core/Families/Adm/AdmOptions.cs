using Mcdm.Diffusion.Process;
using Mcdm.Diffusion.Schedules;

namespace Mcdm.Families.Adm;

/// <summary>
/// What the weights of an <see cref="AdmUNet"/> do not show: a file beside them or a preset says it. Without either, values are those of the original
/// program where nothing
/// is said; it calls them by other names (<c>num_heads</c>, <c>num_head_channels</c>, <c>use_new_attention_order</c> …).
/// </summary>
internal sealed record AdmOptions
{
    /// <summary>What the network is given beside z_t.</summary>
    public AdmKind Family { get; init; }

    /// <summary>Sides of the pictures it was trained on.</summary>
    public int ImageSize { get; init; } = 64;

    /// <summary>Sides of the small pictures that an upsampler enlarges; null for others.</summary>
    public int? SmallSize { get; init; }

    /// <summary>Heads of each attention, where <see cref="HeadChannels"/> does not say how wide they are.</summary>
    public int Heads { get; init; } = 4;

    /// <summary>Channels of a head; null where <see cref="Heads"/> counts.</summary>
    public int? HeadChannels { get; init; }

    /// <summary>Heads on the way up; null for as many as on the way down.</summary>
    public int? UpsampleHeads { get; init; }

    /// <summary>Whether a layer's output is queries, keys, values, each of all heads; else it is heads, each with its own three.</summary>
    public bool NewAttentionOrder { get; init; }

    /// <summary>T.</summary>
    public int Steps { get; init; } = 1000;

    /// <summary>The noise schedule.</summary>
    public NoiseScheduleKind Schedule { get; init; } = NoiseScheduleKind.Linear;

    /// <summary>What the network predicts.</summary>
    public PredictionKind Prediction { get; init; } = PredictionKind.Noise;

    /// <summary>Whether the network is told t · 1000 / T in place of t.</summary>
    public bool RescaleTimesteps { get; init; }

    /// <summary>The time that the network is told at a step 0…T−1.</summary>
    public double Time(int t) => RescaleTimesteps ? t * (1000.0 / Steps) : t;

    /// <summary>Heads of an attention.</summary>
    /// <param name="channels">Channels of its features.</param>
    /// <param name="up">Whether it is on the way up.</param>
    public long HeadsOf(long channels, bool up) => HeadChannels is { } width ? channels / width : up ? UpsampleHeads ?? Heads : Heads;
}
