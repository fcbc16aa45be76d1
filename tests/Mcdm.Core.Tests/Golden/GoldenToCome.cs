namespace Mcdm.Core.Tests.Golden;

/// <summary>Cases of ../shared/checkpoints/golden3 that no code reads yet, by name: the list grows shorter as they are built. A kind that is in no list fails.</summary>
internal static class GoldenToCome
{
    /// <summary>Kinds of which nothing is built.</summary>
    public static IReadOnlySet<string> Kinds { get; } = new HashSet<string>(StringComparer.Ordinal)
    {
        // Prompts.
        "prompt-chunks", "prompt-embedding", "prompt-embedding-diffusers", "prompt-embedding-mode", "prompt-multicond", "prompt-pair", "prompt-parse",
        "prompt-schedule", "prompt-strip", "run-prompted", "run-composed-prompted",
        // Textual inversion.
        "embedding-file", "embedding-refused", "inversion-diffusers", "inversion-webui", "run-inverted",
        // Adapters, and samplers of few steps.
        "adapter-weights", "refuse-adapter", "refuse-timesteps", "unet-guided",
        // Pictures that are no ControlNets'.
        "clip-pixels", "clip-vision", "ip-tokens", "run-image", "run-image-composed", "t2i-features", "unet-image",
        // Stable Diffusion XL.
        "sdxl-controlnet", "sdxl-controlnet-union", "sdxl-run-composed", "sdxl-run-inpaint", "sdxl-run-pipeline", "sdxl-text", "sdxl-text-inversion",
        "sdxl-time-ids", "sdxl-tokens", "sdxl-unet", "sdxl-unet-controlled", "sdxl-vae", "rescale", "run-processes",
        // Pairs of pictures.
        "pix2pix-inputs", "run-pix2pix", "run-composed-pix2pix",
        // How another program decodes in tiles, which is none of ours.
        "vae-decode-tiled",
    };

    /// <summary>How folders begin of whose kinds some are built, for other models or files.</summary>
    private static readonly string[] s_folders =
    [
        "adapter", "lora-diffusers-2023", "lora-diffusers-metadata", "lora-ldm-names", "lora-peft-folders", "lcm-", "fewstep-", "sdxl-", "single-file-sdxl", "image-sdxl",
        "sd1-text-variants", "pix2pix", "control-habits",
    ];

    public static bool Has(GoldenCase golden) =>
        Kinds.Contains(golden.Kind) || s_folders.Any(start => golden.Folder.Name.StartsWith(start, StringComparison.Ordinal) && golden.Folder.Path.Contains("golden3", StringComparison.Ordinal));
}
