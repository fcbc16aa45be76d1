namespace Mcdm.Core.Tests.Golden;

/// <summary>Cases of ../shared/checkpoints/golden3 that no code reads yet, by name: the list grows shorter as they are built. A kind that is in no list fails.</summary>
internal static class GoldenToCome
{
    /// <summary>Kinds of which nothing is built.</summary>
    public static IReadOnlySet<string> Kinds { get; } = new HashSet<string>(StringComparer.Ordinal)
    {
        // Pictures that are no ControlNets'.
        "clip-pixels", "clip-vision", "ip-tokens", "run-image", "run-image-composed", "t2i-features", "unet-image",
        // Stable Diffusion XL.
        "sdxl-controlnet", "sdxl-controlnet-union", "sdxl-run-composed", "sdxl-run-inpaint", "sdxl-run-pipeline", "sdxl-text", "sdxl-text-inversion",
        "sdxl-time-ids", "sdxl-tokens", "sdxl-unet", "sdxl-unet-controlled", "sdxl-vae", "rescale", "run-processes",
        // How another program decodes in tiles, which is none of ours.
        "vae-decode-tiled",
    };

    /// <summary>How folders begin of whose kinds some are built, for other models or files.</summary>
    private static readonly string[] s_folders =
    [
        "sdxl-", "single-file-sdxl", "image-sdxl",
    ];

    public static bool Has(GoldenCase golden) => Kinds.Contains(golden.Kind) || s_folders.Any(start => golden.Folder.Name.StartsWith(start, StringComparison.Ordinal) && golden.Folder.Path.Contains("golden3", StringComparison.Ordinal));
}
