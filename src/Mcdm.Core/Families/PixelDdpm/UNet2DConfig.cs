using Mcdm.Families.Shared;
using Mcdm.Families.StableDiffusion.Files;

namespace Mcdm.Families.PixelDdpm;

/// <summary>The <c>config.json</c> of a <see cref="UNet2DModel"/>.</summary>
internal static class UNet2DConfig
{
    public const string ClassName = "UNet2DModel";

    private static readonly UNetShapeConfig.Defaults s_defaults = new("Attn", 3, [224, 448, 672, 896], [false, true, true, true], [true, true, true, false], "UNetMidBlock2D");

    /// <inheritdoc cref="UNet2DConditionConfig.Read"/>
    public static UNet2DOptions Read(JsonConfig config)
    {
        config.RequireClass(ClassName);
        config.RequireText("downsample_type", "conv");
        config.RequireText("upsample_type", "conv");
        config.RequireFalse("attention_legacy_order");
        var shape = UNetShapeConfig.Read(config, s_defaults);
        // Here attention_head_dim is what its name says; null, other than nothing at all, means one head.
        int? headChannels = config.Has("attention_head_dim") ? config.OptionalInteger("attention_head_dim") : 8;
        var attending = shape.Channels.Where((_, level) => shape.DownAttention[level] || shape.UpAttention[shape.Channels.Count - 1 - level] || level == shape.Channels.Count - 1);
        if (attending.Any(channels => headChannels > channels)) { throw config.Invalid("attention_head_dim", "a width of heads that is not above the number of channels"); }
        int? middleGroups = config.OptionalInteger("attn_norm_num_groups") ?? (shape.ScaleShift ? null : shape.Groups);
        if (middleGroups is { } groups) { UNetShapeConfig.RequireDivides(config, groups, [shape.Channels[^1]], "attn_norm_num_groups"); }
        return new UNet2DOptions
        {
            Shape = shape,
            OutputChannels = config.Integer("out_channels", 3),
            HeadChannels = headChannels,
            MiddleAttention = config.Flag("add_attention", true),
            MiddleAttentionGroups = middleGroups,
        };
    }
}
