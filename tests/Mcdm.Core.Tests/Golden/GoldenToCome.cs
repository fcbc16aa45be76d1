namespace Mcdm.Core.Tests.Golden;

/// <summary>Cases of ../shared/checkpoints/golden3 that no code reads yet, by name: the list grows shorter as they are built. A kind that is in no list fails.</summary>
internal static class GoldenToCome
{
    /// <summary>Kinds of which nothing is built.</summary>
    public static IReadOnlySet<string> Kinds { get; } = new HashSet<string>(StringComparer.Ordinal)
    {
        // Networks that read their guidance.
        "unet-guided",
        // Stable Diffusion XL.
        "sdxl-controlnet", "sdxl-controlnet-union", "sdxl-run-inpaint", "sdxl-unet-controlled", "rescale", "run-processes",
        // Pairs of pictures.
        "pix2pix-inputs", "run-pix2pix", "run-composed-pix2pix",
        // How another program decodes in tiles, which is none of ours.
        "vae-decode-tiled",
    };

    /// <summary>How folders begin of whose kinds some are built, for other models or files.</summary>
    private static readonly string[] s_folders =
    [
        "lcm-", "sdxl-tiny-control-", "sdxl-tiny-controlled", "sd1-text-variants", "pix2pix",
    ];

    /// <summary>Schedulers whose steps are none of ours, and keys that choose others than ours take.</summary>
    private static readonly string[] s_schedulers = ["UniPC", "DEIS", "LMS", "KDPM2", "PNDM", "Singlestep"], s_choices = ["use_beta_sigmas", "solver_order", "solver_type"];

    private static bool HasSampler(GoldenCase golden)
    {
        if (!golden.Folder.Name.StartsWith("fewstep-", StringComparison.Ordinal)) { return false; }
        var scheduler = golden.Parameter("scheduler") ?? golden.Parameters;
        string name = scheduler.GetProperty("class").GetString()!;
        return s_schedulers.Any(other => name.Contains(other, StringComparison.Ordinal)) || s_choices.Any(choice => scheduler.TryGetProperty(choice, out _))
            || scheduler.TryGetProperty("algorithm_type", out var kind) && kind.GetString() == "dpmsolver"
            || golden.Parameter("steps") is null;
    }

    /// <summary>What diffusers lets callers say and nobody can here: sizes of ε_u alone, and a prompt for one of two text encoders.</summary>
    private static bool IsOthers(GoldenCase golden) => golden.Kind == "sdxl-run-pipeline"
        && (golden.Parameter("negative_original_size") is not null || golden.Parameter("prompt_2") is not null);

    public static bool Has(GoldenCase golden) => HasSampler(golden) || IsOthers(golden)
        // An expert of several LoRAs beside others, under no prompt.
        || golden is { Kind: "run-composed-lora", Folder.Name: "adapters-together" }
        || Kinds.Contains(golden.Kind) || s_folders.Any(start => golden.Folder.Name.StartsWith(start, StringComparison.Ordinal) && golden.Folder.Path.Contains("golden3", StringComparison.Ordinal));
}
