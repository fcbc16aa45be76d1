using Mcdm.Families.Shared;
using Mcdm.Families.StableDiffusion.Networks;

namespace Mcdm.Families.StableDiffusion.Files;

/// <summary>The <c>config.json</c> of a <see cref="UNet2DConditionModel"/>.</summary>
internal static class UNet2DConditionConfig
{
    public const string ClassName = "UNet2DConditionModel";

    private static readonly UNetShapeConfig.Defaults s_defaults =
        new("CrossAttn", 4, [320, 640, 1280, 1280], [true, true, true, false], [false, true, true, true], "UNetMidBlock2DCrossAttn");

    /// <exception cref="McdmException"><c>ConfigInvalid</c>, <c>ConfigUnsupported</c>, <c>ModelFamily</c>: key and value are named.</exception>
    public static UNet2DConditionOptions Read(JsonConfig config)
    {
        config.RequireClass(ClassName);
        config.RequireNull("num_attention_heads", "time_embedding_act_fn", "timestep_post_act", "time_cond_proj_dim", "reverse_transformer_layers_per_block");
        config.RequireFalse("resnet_skip_time_act", "class_embeddings_concat", "mid_block_only_cross_attention");
        config.RequireText("attention_type", "default");
        config.RequireNumber("resnet_out_scale_factor", 1);
        config.RequireNumber("conv_in_kernel", 3);
        config.RequireNumber("conv_out_kernel", 3);
        var shape = UNetShapeConfig.Read(config, s_defaults);
        return new UNet2DConditionOptions
        {
            Shape = shape,
            Transformers = TransformerConfig.Read(config, shape, "attention_head_dim"),
            OutputChannels = config.Integer("out_channels", 4),
        };
    }
}
