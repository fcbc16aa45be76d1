using Mcdm.Families.Shared;
using Mcdm.Families.StableDiffusion.Networks;

namespace Mcdm.Families.StableDiffusion.Files;

/// <summary>The <c>config.json</c> of a <see cref="ControlNetModel"/>.</summary>
internal static class ControlNetConfig
{
    public const string ClassName = "ControlNetModel";

    private static readonly UNetShapeConfig.Defaults s_defaults = new("CrossAttn", 4, [320, 640, 1280, 1280], [true, true, true, false], null, "UNetMidBlock2DCrossAttn");

    /// <inheritdoc cref="UNet2DConditionConfig.Read"/>
    public static ControlNetOptions Read(JsonConfig config)
    {
        config.RequireClass(ClassName);
        config.RequireText("controlnet_conditioning_channel_order", "rgb", "bgr");
        var shape = UNetShapeConfig.Read(config, s_defaults) with { TimeChannels = null };
        return new ControlNetOptions
        {
            Shape = shape,
            Transformers = TransformerConfig.Read(config, shape, config.Value("num_attention_heads") is null ? "attention_head_dim" : "num_attention_heads"),
            PictureFeatures = config.Integers("conditioning_embedding_out_channels", 16, 32, 96, 256),
            PictureChannels = config.Integer("conditioning_channels", 3),
            BlueFirst = config.Text("controlnet_conditioning_channel_order", "rgb") == "bgr",
            GlobalPool = config.Flag("global_pool_conditions", false),
        };
    }
}
