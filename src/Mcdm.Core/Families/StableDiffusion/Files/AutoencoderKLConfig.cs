using Mcdm.Families.Shared;
using Mcdm.Families.StableDiffusion.Networks;
using static System.FormattableString;

namespace Mcdm.Families.StableDiffusion.Files;

/// <summary>The <c>config.json</c> of an <see cref="AutoencoderKL"/>.</summary>
internal static class AutoencoderKLConfig
{
    public const string ClassName = "AutoencoderKL";

    private const int MaxLevels = 10, MaxLayers = 64;

    /// <inheritdoc cref="UNet2DConditionConfig.Read"/>
    public static AutoencoderKLOptions Read(JsonConfig config)
    {
        config.RequireClass(ClassName);
        config.RequireText("act_fn", "silu", "swish");
        config.RequireNull("latents_mean", "latents_std");
        var channels = config.Integers("block_out_channels", 64);
        if (channels.Count > MaxLevels) { throw config.Invalid("block_out_channels", Invariant($"a list of at most {MaxLevels}")); }
        RequireTypes("down_block_types", "DownEncoderBlock2D");
        RequireTypes("up_block_types", "UpDecoderBlock2D");
        int groups = config.Integer("norm_num_groups", 32), layers = config.Integer("layers_per_block", 1);
        if (layers > MaxLayers) { throw config.Invalid("layers_per_block", Invariant($"a number of layers from 1 to {MaxLayers}")); }
        UNetShapeConfig.RequireDivides(config, groups, channels, "norm_num_groups");
        return new AutoencoderKLOptions
        {
            InputChannels = config.Integer("in_channels", 3),
            OutputChannels = config.Integer("out_channels", 3),
            LatentChannels = config.Integer("latent_channels", 4),
            Channels = channels,
            Layers = layers,
            Groups = groups,
            MiddleAttention = config.Flag("mid_block_add_attention", true),
            QuantConvolution = config.Flag("use_quant_conv", true),
            PostQuantConvolution = config.Flag("use_post_quant_conv", true),
            ScalingFactor = config.Positive("scaling_factor", 0.18215),
            ShiftFactor = config.Number("shift_factor", 0),
        };

        void RequireTypes(string key, string known)
        {
            var types = config.Texts(key, known);
            if (types.Any(type => type != known)) { throw config.Unsupported(key, $"only {known}"); }
            if (types.Count != channels.Count) { throw config.Invalid(key, Invariant($"a list of {channels.Count}")); }
        }
    }
}
