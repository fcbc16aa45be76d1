namespace Mcdm.Families.StableDiffusion.Files;

/// <summary>What a tensor of an adapter's file is.</summary>
/// <param name="Part">The network whose layer it changes; null where its name does not say.</param>
/// <param name="Module">The layer as the file calls it, without what says the part; with dots where the file has them.</param>
/// <param name="Stem">The tensor's name without what says its role.</param>
/// <param name="Role">Which of the layer's tensors it is, as LyCORIS calls it, such as <c>lora_down</c> or <c>hada_w1_a</c>.</param>
internal sealed record LoraTensor(LoraPart? Part, string Module, string Stem, string Role);

/// <summary>
/// How adapters' trainers name tensors: kohya's and LyCORIS' write layers without dots, diffusers has written them in several ways since 2023, PEFT and
/// ComfyUI in theirs; layers are called as diffusers or as the original program calls them.
/// </summary>
internal static class LoraNames
{
    private static readonly (string Prefix, LoraPart? Part)[] s_parts =
    [
        ("lora_unet_", LoraPart.UNet), ("lora_te_", LoraPart.Text), ("lora_te1_", LoraPart.Text), ("lora_te2_", LoraPart.SecondText),
        ("unet.", LoraPart.UNet), ("text_encoder.", LoraPart.Text), ("text_encoder_2.", LoraPart.SecondText),
        ("diffusion_model.", LoraPart.UNet), ("base_model.model.", null),
    ];

    /// <summary>What a U-Net's layers begin with in files that name no part.</summary>
    private static readonly string[] s_unet = ["down_blocks.", "mid_block.", "up_blocks.", "conv_in.", "conv_out.", "time_embedding.", "add_embedding."];

    private static readonly (string Ending, string Role)[] s_roles =
    [
        (".lora_down.weight", LoraRoles.Down), (".lora_up.weight", LoraRoles.Up), (".lora_mid.weight", LoraRoles.Mid),
        (".lora_A.weight", LoraRoles.Down), (".lora_B.weight", LoraRoles.Up),
        (".lora_A.default.weight", LoraRoles.Down), (".lora_B.default.weight", LoraRoles.Up),
        (".lora_linear_layer.down.weight", LoraRoles.Down), (".lora_linear_layer.up.weight", LoraRoles.Up),
        (".lora.down.weight", LoraRoles.Down), (".lora.up.weight", LoraRoles.Up),
        ("_lora.down.weight", LoraRoles.Down), ("_lora.up.weight", LoraRoles.Up),
        (".lora_magnitude_vector.weight", LoraRoles.Magnitude), (".lora_magnitude_vector.default.weight", LoraRoles.Magnitude),
        .. LoraRoles.Plain.Select(role => ($".{role}", role)),
    ];

    /// <summary>Parts of names that only files of other kinds have, and what those are called; with a dot before them, ends.</summary>
    private static readonly (string Mark, string Kind)[] s_others =
    [
        ("oft_", "OFT"), ("on_input", "(IA)³"), (".a1.weight", "GLoRA"), (".b1.weight", "GLoRA"),
        ("emb_params", "textual inversion"), ("string_to_param", "textual inversion"), ("string_to_token", "textual inversion"),
    ];

    private static readonly (string Prefix, string Family)[] s_families =
    [
        ("lora_unet_double_blocks_", "Flux"), ("lora_unet_joint_blocks_", "Stable Diffusion 3"), ("lora_transformer_", "a diffusion transformer"),
            ("transformer.", "a diffusion transformer"), ("lora_unet_blocks_0_", "a diffusion transformer, such as Wan"),
            ("diffusion_model.blocks.", "a diffusion transformer, such as Wan"), ("diffusion_model.double_blocks.", "Flux"),
    ];

    /// <summary>What a tensor is; null where its name is not one that an adapter of Stable Diffusion has.</summary>
    public static LoraTensor? Parse(string name)
    {
        if (Known(name) is not var (ending, role)) { return null; }
        string stem = name[..^ending.Length];
        foreach (var (prefix, part) in s_parts)
        {
            if (stem.Length <= prefix.Length || !stem.StartsWith(prefix, StringComparison.Ordinal)) { continue; }
            return new LoraTensor(part, stem[prefix.Length..], stem, role);
        }
        return s_unet.Any(block => $"{stem}.".StartsWith(block, StringComparison.Ordinal)) ? new LoraTensor(LoraPart.UNet, stem, stem, role) : null;
    }


    /// <summary>Which of a layer's tensors one is, whatever the layer is called; null for none of an adapter's.</summary>
    public static string? RoleOf(string name) => Known(name)?.Role;

    private static (string Ending, string Role)? Known(string name) =>
        s_roles.Where(role => name.EndsWith(role.Ending, StringComparison.Ordinal)).Select(role => ((string, string)?)role).FirstOrDefault();

    /// <summary>A layer's name in the one form in which those of files and of networks can be compared.</summary>
    public static string LayerOf(string module)
    {
        string layer = module.Replace(".processor", "", StringComparison.Ordinal).Replace('.', '_');
        if (layer.StartsWith("text_model_", StringComparison.Ordinal)) { layer = layer["text_model_".Length..]; }
        return layer.EndsWith("_to_out", StringComparison.Ordinal) ? layer + "_0" : layer;
    }

    /// <summary>What a file is called that is no adapter that could be read but of their kin, and its first tensor that says so; null for others.</summary>
    public static (string Kind, string Tensor)? OtherKind(IEnumerable<string> names) => names
        .SelectMany(name => s_others.Where(other => name.Contains(other.Mark, StringComparison.Ordinal)).Select(other => ((string, string)?)(other.Kind, name)))
        .FirstOrDefault();

    /// <summary>The family of models that an adapter belongs to where that is not Stable Diffusion.</summary>
    public static string? OtherFamily(IEnumerable<string> names) => names
        .SelectMany(name => s_families.Where(family => name.StartsWith(family.Prefix, StringComparison.Ordinal))).FirstOrDefault().Family;
}
