namespace Mcdm.Core.Tests.Golden;

/// <summary>Cases of ../shared/checkpoints/golden3 that no code reads yet, by name: the list grows shorter as they are built. A kind that is in no list fails.</summary>
internal static class GoldenToCome
{
    /// <summary>Kinds of which nothing is built.</summary>
    public static IReadOnlySet<string> Kinds { get; } = new HashSet<string>(StringComparer.Ordinal)
    {
        // Networks that read their guidance.
        "unet-guided",
        // Pictures that are no ControlNets'.
        "clip-pixels", "clip-vision", "ip-tokens", "run-image", "run-image-composed", "t2i-features", "unet-image",
        // Pairs of pictures.
        "pix2pix-inputs", "run-pix2pix", "run-composed-pix2pix",
        // How another program decodes in tiles, which is none of ours.
        "vae-decode-tiled",
    };

    /// <summary>How folders begin of whose kinds some are built, for other models or files.</summary>
    private static readonly string[] s_folders =
    [
        "lcm-", "image-sdxl", "sd1-text-variants", "pix2pix",
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

    /// <summary>
    /// What callers of other programs can say and nobody can here: sizes of ε_u alone, a prompt for one of two text encoders, and an expert of several types of a
    /// ControlNet-Union beside others by (12). And what diffusers makes of a file of several alphas in a U-Net, where it takes others than the file's.
    /// </summary>
    private static bool IsOthers(GoldenCase golden) => (golden.Folder.Name == "sdxl-tiny-lora-diffusers-names" && golden.Kind != "sdxl-text") || golden is { Id: "run-composed-joint", Kind: "sdxl-run-composed" } || (golden.Kind == "sdxl-run-pipeline"
        && (golden.Parameter("negative_original_size") is not null || golden.Parameter("prompt_2") is not null));

    /// <summary>Processes of which no expert is here: flow matching, and those whose variance explodes.</summary>
    private static bool IsOfOtherProcess(GoldenCase golden) => golden.Kind == "rescale"
        && new[] { "from", "to" }.Any(side => golden.Parameters.GetProperty(side).GetProperty("process").GetString() != "vp");

    public static bool Has(GoldenCase golden) => HasSampler(golden) || IsOthers(golden) || IsOfOtherProcess(golden)
        // An expert of several LoRAs beside others, under no prompt.
        || golden is { Kind: "run-composed-lora", Folder.Name: "adapters-together" }
        || Kinds.Contains(golden.Kind) || s_folders.Any(start => golden.Folder.Name.StartsWith(start, StringComparison.Ordinal) && golden.Folder.Path.Contains("golden3", StringComparison.Ordinal));
}
