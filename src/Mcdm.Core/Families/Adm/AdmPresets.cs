using Mcdm.Diffusion.Schedules;

namespace Mcdm.Families.Adm;

/// <summary>The published models by the names of their files, with the flags that their README gives for them.</summary>
internal static class AdmPresets
{
    private static readonly AdmOptions s_wideHeads = new() { HeadChannels = 64 };
    private static readonly AdmOptions s_unite = s_wideHeads with { ImageSize = 256, RescaleTimesteps = true };

    private static readonly Dictionary<string, AdmOptions> s_presets = new(StringComparer.OrdinalIgnoreCase)
    {
        ["64x64_diffusion"] = s_wideHeads with { ImageSize = 64, NewAttentionOrder = true, Schedule = NoiseScheduleKind.Cosine },
        ["128x128_diffusion"] = new() { ImageSize = 128, Heads = 4 },
        ["256x256_diffusion"] = s_wideHeads with { ImageSize = 256 },
        ["256x256_diffusion_uncond"] = s_wideHeads with { ImageSize = 256 },
        ["512x512_diffusion"] = s_wideHeads with { ImageSize = 512 },
        ["64_256_upsampler"] = new() { Family = AdmKind.Upsampler, ImageSize = 256, SmallSize = 64, Heads = 4 },
        ["128_512_upsampler"] = s_wideHeads with { Family = AdmKind.Upsampler, ImageSize = 512, SmallSize = 128 },
        ["unite-and-conquer-face"] = s_unite with { Family = AdmKind.UniteFace },
        ["unite-and-conquer-sketch"] = s_unite with { Family = AdmKind.UniteSketch },
    };

    /// <summary>Their names.</summary>
    public static IReadOnlyCollection<string> Names => s_presets.Keys;

    /// <summary>Files that are published under other names than their presets'.</summary>
    private static readonly Dictionary<string,
        string> s_files = new(StringComparer.OrdinalIgnoreCase) { ["model_latest"] = "unite-and-conquer-face", ["model_sketch"] = "unite-and-conquer-sketch" };

    /// <summary>The preset of a file that has the name it was published under; null where it has another.</summary>
    /// <param name="fileName">Its name, without extension.</param>
    public static string? OfFile(string fileName) => s_presets.ContainsKey(fileName) ? fileName : s_files.GetValueOrDefault(fileName);

    /// <summary>A preset by its name.</summary>
    /// <exception cref="McdmException"><c>AdmPresetUnknown</c></exception>
    public static AdmOptions Named(string name) => s_presets.TryGetValue(name, out var options)
        ? options
        : throw new McdmException("AdmPresetUnknown", ErrorKind.InvalidArgument,
            $"There is no preset '{name}' of ADM's; there are: {string.Join(", ", Names)}.");
}
