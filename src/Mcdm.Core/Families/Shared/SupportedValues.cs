using System.Text.Json;

namespace Mcdm.Families.Shared;

/// <summary>What is implemented of the values of keys. Null always is, and a list of false where false is.</summary>
internal static class SupportedValues
{
    private const string UNet = "UNet2DConditionModel", ControlNet = "ControlNetModel ControlNetUnionModel", Conditioned = $"{UNet} {ControlNet}";
    private const string Unconditional = "UNet2DModel", Any = $"{Conditioned} {Unconditional}";
    private const string Autoencoder = "AutoencoderKL", Text = "CLIPTextModel", Vision = "CLIPVisionModelWithProjection", Adm = "model.json";

    /// <summary>Classes, or a file or a key that is on; keys, with [] where each item of a list is meant; values.</summary>
    private static readonly (string Of, string Keys, object?[] Values)[] s_table =
    [
        (UNet, "num_attention_heads time_embedding_act_fn timestep_post_act reverse_transformer_layers_per_block", [null]),
        (UNet, "resnet_skip_time_act class_embeddings_concat mid_block_only_cross_attention", [false]),
        (UNet, "attention_type", ["default"]),
        (UNet, "resnet_out_scale_factor", [1.0]),
        (UNet, "conv_in_kernel conv_out_kernel", [3.0]),
        (UNet, "up_block_types[]", ["UpBlock2D", "CrossAttnUpBlock2D"]),
        (ControlNet, "controlnet_conditioning_channel_order", ["rgb", "bgr"]),
        (Unconditional, "downsample_type upsample_type", ["conv"]),
        (Unconditional, "attention_legacy_order", [false]),
        (Unconditional, "mid_block_type", ["UNetMidBlock2D"]),
        (Unconditional, "down_block_types[]", ["DownBlock2D", "AttnDownBlock2D"]),
        (Unconditional, "up_block_types[]", ["UpBlock2D", "AttnUpBlock2D"]),
        (Any, "class_embed_type num_class_embeds", [null]),
        (Any, "center_input_sample", [false]),
        (Any, "act_fn", ["silu", "swish"]),
        (Any, "time_embedding_type", ["positional"]),
        (Any, "resnet_time_scale_shift", ["default", "scale_shift"]),
        (Any, "mid_block_scale_factor", [1.0]),
        (Conditioned, "encoder_hid_dim encoder_hid_dim_type cross_attention_norm", [null]),
        (Conditioned, "addition_embed_type", [null, "text_time"]),
        (Conditioned, "only_cross_attention dual_cross_attention", [false]),
        (UNet, "mid_block_type", ["UNetMidBlock2DCrossAttn"]),
        (ControlNet, "mid_block_type", ["UNetMidBlock2DCrossAttn", "UNetMidBlock2D"]),
        (Conditioned, "down_block_types[]", ["DownBlock2D", "CrossAttnDownBlock2D"]),
        (Autoencoder, "act_fn", ["silu", "swish"]),
        (Autoencoder, "latents_mean latents_std", [null]),
        (Autoencoder, "down_block_types[]", ["DownEncoderBlock2D"]),
        (Autoencoder, "up_block_types[]", ["UpDecoderBlock2D"]),
        (Text, "architectures[]", [Text, $"{Text}WithProjection"]),
        (Text, "model_type", ["clip_text_model"]),
        (Text, "hidden_act", ["quick_gelu", "gelu"]),
        (Vision, "architectures[]", [Vision]),
        (Vision, "model_type", ["clip_vision_model"]),
        (Vision, "hidden_act", ["quick_gelu", "gelu"]),
        ("T2IAdapter", "adapter_type", ["full_adapter", "full_adapter_xl", "light_adapter"]),
        ("clip_sample", "clip_sample_range", [1.0]),
        (Adm, "family", ["adm", "adm-upsampler", "unite-and-conquer-face", "unite-and-conquer-sketch"]),
        (Adm, "noise_schedule", ["linear", "cosine"]),
    ];

    /// <summary>Refuses what is not implemented.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="of">Its class; a key that is on; or the file's name.</param>
    /// <exception cref="McdmException">
    /// <c>ConfigUnsupported</c>; <c>ModelFamily</c>: it is of a known family; <c>ConfigInvalid</c>: a list or a text is none.
    /// </exception>
    public static void Check(JsonConfig config, string of)
    {
        foreach (var (_, keys, values) in s_table.Where(row => row.Of.Split(' ').Contains(of)))
        {
            foreach (string name in keys.Split(' '))
            {
                string key = name.TrimEnd('[', ']');
                if (key == name ? Accepts(config, key, values) : config.Get<IReadOnlyList<string>>(key, []).All(values.Contains)) { continue; }
                if (key == "architectures") { ForeignModels.Refuse(config.Path, config.Get<IReadOnlyList<string>>(key, [])[0]); }
                throw config.Unsupported(key,
                    $"only {string.Join(" and ", values.Select(value => value is null ? "null" : value is false ? "false" : value))}");
            }
        }
    }

    private static bool Accepts(JsonConfig config, string key, object?[] values) => config.Value(key) switch
    {
        null => true,
        { ValueKind: JsonValueKind.String } => values.Contains(config.Get(key, "")),
        { ValueKind: JsonValueKind.Number } number => number.TryGetDouble(out double value) && values.Contains(value),
        { } other => values.Contains(false) && IsFalse(other),
    };

    private static bool IsFalse(JsonElement value) =>
        value.ValueKind == JsonValueKind.False || (value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(IsFalse));
}
