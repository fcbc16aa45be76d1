namespace Mcdm.Families.StableDiffusion.Files;

/// <summary>
/// Files that go with Stable Diffusion and are no model by themselves: each is told by its tensors, with the way to use it where there is one.
/// </summary>
internal static class OtherKinds
{
    private const int FewWords = 8;

    /// <summary>What a file is, and how it is given, as a clause that follows its path; null for nothing known.</summary>
    public static string? Of(IReadOnlySet<string> names)
    {
        return names switch
        {
            _ when IsControlLora(names) => "is a Control-LoRA (a ControlNet as a LoRA of the U-Net), which Mcdm does not run",
            _ when ImageAdapterFiles.Holds(names) => ImageAdapterFiles.OfFaces,
            _ when names.Any(name => name.StartsWith("image_proj.", StringComparison.Ordinal) || name.StartsWith("ip_adapter.", StringComparison.Ordinal)) =>
                "is half of an IP-Adapter: it lacks the tensors image_proj or ip_adapter; give the whole file",
            _ when T2IAdapterNames.IsOfStyles(names) => T2IAdapterNames.CoAdapter,
            _ when AreWords(names) => "holds words' embeddings (textual inversion): give it with -Embedding, beside the model that they are for",
            _ when SingleFile.HasAutoencoder(names) => "is an autoencoder alone, which makes no pictures: give it with -Decoder, beside a model",
            _ when names.Contains("encoder.down_blocks.0.resnets.0.conv1.weight") =>
                "is an autoencoder of diffusers without its config.json, which makes no pictures: give its folder with -Decoder, beside a model",
            _ when names.Contains("3.conv.0.weight") || names.Contains("1.conv.0.weight") =>
                "is half of a tiny autoencoder (TAESD), which makes no pictures: give the decoder with -Decoder, beside a model",
            _ when names.Contains(SingleFileNames.FirstConvolution) && names.Any(name => name.Contains(".attn2.to_k.", StringComparison.Ordinal)) =>
                "is a Stable Diffusion U-Net alone, in the names of the original programs, without text encoder and autoencoder: give the whole checkpoint",
            _ when LoraNames.OtherKind(names) is { } kind => $"is of the kind {kind}, which changes a model and is none: give it with -Lora, beside that model",
            _ when names.Any(name => LoraNames.Parse(name) is not null) => "is a LoRA: give it with -Lora, beside the model that it changes",
            _ when names.Contains("conv_in.weight") => "is a network of diffusers without its config.json: give its folder",
            _ => null,
        };
    }

    /// <summary>Whether it is a ControlNet whose layers are LoRAs of the U-Net's.</summary>
    public static bool IsControlLora(IReadOnlySet<string> names) => names.Contains("lora_controlnet");

    /// <summary>Embeddings of learnt words: under the names that programs give them, or under the words themselves.</summary>
    public static bool AreWords(IReadOnlySet<string> names) => names.Contains("emb_params") || names.Contains("clip_l") || names.Contains("clip_g")
        || (names.Count is > 0 and < FewWords && names.All(name => name == "*" || (name.StartsWith('<') && name.EndsWith('>'))));
}
