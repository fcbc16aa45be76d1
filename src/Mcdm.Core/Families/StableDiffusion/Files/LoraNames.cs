namespace Mcdm.Families.StableDiffusion.Files;

/// <summary>What a tensor of a LoRA file is.</summary>
/// <param name="Part">The network whose layer it changes.</param>
/// <param name="Layer">The layer, without dots and without what a text encoder's names may begin with, as <see cref="LoraNames.LayerOf"/> gives it.</param>
/// <param name="Role">Which of the layer's tensors it is.</param>
internal sealed record LoraTensor(LoraPart Part, string Layer, LoraRole Role);

/// <summary>Which of a layer's tensors one is.</summary>
internal enum LoraRole
{
    /// <summary>The factor that is applied first.</summary>
    Down,

    /// <summary>The factor that is applied second.</summary>
    Up,

    /// <summary>By what their product is multiplied, times the rank.</summary>
    Alpha,
}

/// <summary>How the trainers of LoRAs name tensors: kohya's writes layers without dots, diffusers has written them in several ways since 2023.</summary>
internal static class LoraNames
{
    private static readonly (string Prefix, LoraPart Part)[] s_parts = [("lora_unet_", LoraPart.UNet), ("lora_te_", LoraPart.Text), ("unet.", LoraPart.UNet),
        ("text_encoder.", LoraPart.Text)];

    private static readonly (string Ending, LoraRole Role)[] s_roles =
    [
        (".lora_down.weight", LoraRole.Down), (".lora_up.weight", LoraRole.Up),
        (".lora_A.weight", LoraRole.Down), (".lora_B.weight", LoraRole.Up),
        (".lora_A.default.weight", LoraRole.Down), (".lora_B.default.weight", LoraRole.Up),
        (".lora_linear_layer.down.weight", LoraRole.Down), (".lora_linear_layer.up.weight", LoraRole.Up),
        (".lora.down.weight", LoraRole.Down), (".lora.up.weight", LoraRole.Up),
        ("_lora.down.weight", LoraRole.Down), ("_lora.up.weight", LoraRole.Up),
        (".alpha", LoraRole.Alpha),
    ];

    /// <summary>Parts of names that only files of other kinds have, and what those are called; with a dot before them, ends.</summary>
    private static readonly (string Mark, string Kind)[] s_others =
    [
        ("dora_scale", "DoRA"), ("lora_magnitude_vector", "DoRA"), ("hada_w", "LoHa"), ("lokr_w", "LoKr"), ("lora_mid.", "LoCon"), ("oft_", "OFT"),
            ("on_input", "(IA)³"), (".diff", "full difference"), (".diff_b", "full difference"),
        ("emb_params", "textual inversion"), ("string_to_param", "textual inversion"), ("string_to_token", "textual inversion"),
    ];

    private static readonly (string Prefix, string Family)[] s_families =
    [
        ("lora_te1_", "Stable Diffusion XL"), ("lora_te2_", "Stable Diffusion XL"), ("text_encoder_2.", "Stable Diffusion XL"),
            ("lora_unet_input_blocks_4_1_transformer_blocks_1_", "Stable Diffusion XL"),
        ("lora_unet_double_blocks_", "Flux"), ("lora_unet_joint_blocks_", "Stable Diffusion 3"), ("lora_transformer_", "a diffusion transformer"),
            ("transformer.", "a diffusion transformer"),
    ];

    /// <summary>What a tensor is; null where its name is not one that a LoRA of Stable Diffusion 1.x or 2.x has.</summary>
    public static LoraTensor? Parse(string name)
    {
        foreach (var (prefix, part) in s_parts)
        {
            if (!name.StartsWith(prefix, StringComparison.Ordinal)) { continue; }
            foreach (var (ending, role) in s_roles)
            {
                if (name.Length > prefix.Length + ending.Length && name.EndsWith(ending, StringComparison.Ordinal))
                {
                    return new LoraTensor(part, LayerOf(name[prefix.Length..^ending.Length]), role);
                }
            }
        }
        return null;
    }

    /// <summary>A layer's name in the one form in which those of files and of networks can be compared.</summary>
    public static string LayerOf(string name)
    {
        string layer = name.Replace(".processor", "", StringComparison.Ordinal).Replace('.', '_');
        if (layer.StartsWith("text_model_", StringComparison.Ordinal)) { layer = layer["text_model_".Length..]; }
        return layer.EndsWith("_to_out", StringComparison.Ordinal) ? layer + "_0" : layer;
    }

    /// <summary>What a file is called that is no LoRA but of its kin; null where it is one, or nothing known.</summary>
    public static string? OtherKind(IEnumerable<string> names) => names
        .SelectMany(name => s_others.Where(other => other.Mark[0] == '.' ? name.EndsWith(other.Mark, StringComparison.Ordinal)
            : name.Contains(other.Mark, StringComparison.Ordinal))).FirstOrDefault().Kind;

    /// <summary>The family of models that a LoRA belongs to where that is not Stable Diffusion 1.x or 2.x.</summary>
    public static string? OtherFamily(IEnumerable<string> names) => names
        .SelectMany(name => s_families.Where(family => name.StartsWith(family.Prefix, StringComparison.Ordinal))).FirstOrDefault().Family;
}
