using Mcdm.Layers.UNet2D;


namespace Mcdm.Families.StableDiffusion.Networks;

/// <summary>Shape of an <see cref="AutoencoderKL"/>, and how its latents are scaled for diffusion.</summary>
internal sealed record AutoencoderKLOptions : BlockOptions
{
    public AutoencoderKLOptions() => (DownBlockTypes, UpBlockTypes) = (["DownEncoderBlock2D"], ["UpDecoderBlock2D"]);

    public override string ClassName => nameof(AutoencoderKL);

    public int LatentChannels { get; init; } = 4;

    public bool MidBlockAddAttention { get; init; } = true;

    /// <summary>Whether a convolution of one place follows the encoder.</summary>
    public bool UseQuantConv { get; init; } = true;

    /// <summary>Whether a convolution of one place precedes the decoder.</summary>
    public bool UsePostQuantConv { get; init; } = true;

    /// <summary>By what latents are multiplied, after the shift is taken off, for diffusion to see unit variance.</summary>
    public double ScalingFactor { get; init; } = 0.18215;

    public double ShiftFactor { get; init; }

    /// <summary>Pixels along each side of one place of the latents.</summary>
    public int Factor => 1 << (Levels - 1);

    public override IEnumerable<Rule> Rules() =>
        base.Rules().Prepend(new(LayersPerBlock.Each is null, nameof(LayersPerBlock), "a whole number")).Append(Positive(ScalingFactor, nameof(ScalingFactor)));
}
