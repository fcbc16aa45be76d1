using System.Globalization;
using System.Text.RegularExpressions;
using Mcdm.Diffusion.Process;
using Mcdm.Files;

namespace Mcdm.Families.StableDiffusion.Files;

/// <summary>
/// The YAML that original checkpoints come with. Of its language only lines of a key and a value are read, which is all that such a file says of a
/// network's shape.
/// </summary>
internal static partial class LdmConfig
{
    private const long MaxBytes = 1 << 20;

    /// <summary>The file of the same name beside a checkpoint, as other programs look for it; null where there is none.</summary>
    public static string? Beside(string checkpoint)
    {
        string path = Path.ChangeExtension(checkpoint, ".yaml");
        return File.Exists(path) ? path : null;
    }

    /// <summary>What a file says of heads, prediction and scale.</summary>
    /// <exception cref="McdmException"><c>ConfigInvalid</c>: a value makes no sense, or is not implemented; <c>ConfigUnreadable</c>.</exception>
    public static SingleFileHints Read(string path)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            if (new FileInfo(path).Length > MaxBytes) { throw Invalid("it is longer than any configuration"); }
            foreach (string line in TextFile.ReadLines(path))
            {
                var match = Line().Match(line);
                // The first is the U-Net's: what follows belongs to other parts.
                if (match.Success) { values.TryAdd(match.Groups["key"].Value, match.Groups["value"].Value); }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new McdmException("ConfigUnreadable", ErrorKind.ReadFailed, $"'{path}' could not be read: {e.Message}", e);
        }
        return new SingleFileHints
        {
            Heads = Number("num_heads") is { } heads ? [heads] : null,
            HeadChannels = Number("num_head_channels"),
            ScalingFactor = !values.TryGetValue("scale_factor", out string? scale) ? null
                : double.TryParse(scale, NumberStyles.Float, CultureInfo.InvariantCulture, out double factor) && factor > 0 && double.IsFinite(factor) ? factor
                    : throw Invalid($"scale_factor is {scale}"),
            Prediction = values.GetValueOrDefault("parameterization") switch
            {
                null => null,
                "v" => PredictionKind.Velocity,
                "eps" => PredictionKind.Noise,
                var other => throw Invalid($"parameterization is {other}, where 'v' or 'eps' belongs"),
            },
        };

        int? Number(string key) => !values.TryGetValue(key, out string? value) || value == "-1" ? null
            : int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 0 ? number : throw Invalid($"{key} is {value}");

        McdmException Invalid(string problem) => new("ConfigInvalid", ErrorKind.InvalidData, $"'{path}' does not describe a checkpoint: {problem}.");
    }

    [GeneratedRegex("""^\s*(?<key>[a-z_]+):\s*["']?(?<value>[^"'#\s]+)["']?\s*(#.*)?$""")]
    private static partial Regex Line();
}
