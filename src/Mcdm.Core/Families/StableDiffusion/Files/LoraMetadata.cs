using System.Globalization;
using System.Text.Json;

namespace Mcdm.Families.StableDiffusion.Files;

/// <summary>What diffusers writes of a LoRA beside its tensors: the alphas of all layers, in the header of a safetensors file.</summary>
internal sealed class LoraMetadata
{
    private const string Key = "lora_adapter_metadata";

    /// <summary>An alpha of all layers, as some trainers write it.</summary>
    public const string Plain = "lora_alpha";

    private readonly JsonElement? _root;
    private readonly double? _plain;
    private readonly Dictionary<LoraPart, IReadOnlyList<(string Layer, double Alpha)>> _alphas = [];

    private LoraMetadata(JsonElement? root, string path, string? plain)
    {
        _root = root;
        if (plain is not null)
        {
            _plain = double.TryParse(plain, NumberStyles.Float, CultureInfo.InvariantCulture, out double alpha) && double.IsFinite(alpha) ? alpha
                : throw new McdmException("LoraMetadata", ErrorKind.InvalidData, $"'{path}' has {Plain} '{plain}' in its header, where a number belongs.");
            Warnings = [$"The header of '{path}' says {Plain} {plain}: changes are multiplied by it and divided by their rank, which not all programs do."];
        }
        foreach (var part in Enum.GetValues<LoraPart>()) { _alphas[part] = ReadAlphas(part).ToArray(); }
    }

    /// <param name="path">The file, for messages.</param>
    /// <param name="strings">The strings in the file's header.</param>
    /// <exception cref="McdmException"><c>LoraMetadata</c>: what the header says is no JSON object.</exception>
    public static LoraMetadata Read(string path, IReadOnlyDictionary<string, string> strings)
    {
        string? plain = strings.GetValueOrDefault(Plain);
        if (!strings.TryGetValue(Key, out string? json)) { return new LoraMetadata(null, path, plain); }
        try
        {
            using var document = JsonDocument.Parse(json);
            return new LoraMetadata(document.RootElement.ValueKind == JsonValueKind.Object ? document.RootElement.Clone()
                : throw new JsonException("It is not an object"), path, plain);
        }
        // InvalidOperationException: a name with half a surrogate pair in it.
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new McdmException("LoraMetadata", ErrorKind.InvalidData,
                $"'{path}' has '{Key}' in its header, but not the JSON of a LoRA: {e.Message.TrimEnd('.')}.", e);
        }
    }

    /// <summary>
    /// By what a layer's product is multiplied whose alpha no tensor holds: alpha / rank, or alpha / √rank where the trainer scaled so (Kalajdzievski
    /// 2023).
    /// </summary>
    public double AlphaOverRank(LoraPart part, string layer, long rank)
    {
        string at = NameOf(part);
        // An alpha of some layers belongs to all whose names end so.
        double alpha = _alphas[part].Where(own => $"_{layer}".EndsWith($"_{own.Layer}", StringComparison.Ordinal)).Select(own => (double?)own.Alpha)
            .FirstOrDefault() ?? Number(Value($"{at}.lora_alpha")) ?? _plain ?? rank;
        return alpha / (Value($"{at}.use_rslora") is { ValueKind: JsonValueKind.True } ? Math.Sqrt(rank) : rank);
    }

    /// <summary>What is read otherwise than elsewhere, in a sentence.</summary>
    public IReadOnlyList<string> Warnings { get; } = [];

    /// <summary>Whether the adapter says that it is a DoRA.</summary>
    public bool IsDora => Enum.GetValues<LoraPart>().Any(part => Value($"{NameOf(part)}.use_dora") is { ValueKind: JsonValueKind.True });

    private static string NameOf(LoraPart part) => part == LoraPart.UNet ? "unet" : "text_encoder";

    private IEnumerable<(string Layer, double Alpha)> ReadAlphas(LoraPart part)
    {
        if (Value($"{NameOf(part)}.alpha_pattern") is not { ValueKind: JsonValueKind.Object } patterns) { yield break; }
        foreach (var pattern in patterns.EnumerateObject())
        {
            if (Number(pattern.Value) is { } alpha) { yield return (LoraNames.LayerOf(pattern.Name), alpha); }
        }
    }

    private JsonElement? Value(string key) => _root is { } root && root.TryGetProperty(key, out var value) ? value : null;

    private static double? Number(JsonElement? value) => value is { ValueKind: JsonValueKind.Number } number && number.TryGetDouble(out double result)
        && double.IsFinite(result) ? result : null;
}
