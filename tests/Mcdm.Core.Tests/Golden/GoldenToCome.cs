namespace Mcdm.Core.Tests.Golden;

/// <summary>Cases of ../shared/checkpoints/golden3 that no code reads yet, by name: the list grows shorter as they are built. A kind that is in no list fails.</summary>
internal static class GoldenToCome
{
    /// <summary>Kinds of which nothing is built.</summary>
    public static IReadOnlySet<string> Kinds { get; } = new HashSet<string>(StringComparer.Ordinal)
    {
        // How another program decodes in tiles, which is none of ours.
        "vae-decode-tiled",
    };

    /// <summary>
    /// What callers of other programs can say and nobody can here: sizes of ε_u alone, a prompt for one of two text encoders, and an expert of several types of a
    /// ControlNet-Union beside others by (12). And what diffusers makes of a file of several alphas in a U-Net, where it takes others than the file's.
    /// </summary>
    private static bool IsOthers(GoldenCase golden) => (golden.Folder.Name == "sdxl-tiny-lora-diffusers-names" && golden.Kind != "sdxl-text")
        || golden is { Id: "run-composed-joint", Kind: "sdxl-run-composed" } || (golden.Kind == "sdxl-run-pipeline"
        && (golden.Parameter("negative_original_size") is not null || golden.Parameter("prompt_2") is not null));

    /// <summary>Processes of which no expert is here: flow matching, and those whose variance explodes.</summary>
    private static bool IsOfOtherProcess(GoldenCase golden) => golden.Kind == "rescale"
        && new[] { "from", "to" }.Any(side => golden.Parameters.GetProperty(side).GetProperty("process").GetString() != "vp");

    public static bool Has(GoldenCase golden) => IsOthers(golden) || IsOfOtherProcess(golden) || Kinds.Contains(golden.Kind);
}
