using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Mcdm.Families.StableDiffusion.Files;

/// <summary>
/// What an adapter says beside its tensors, in PEFT's words: the alphas of all layers, and how they are meant. diffusers writes it into the header of a
/// safetensors file, for each network, and PEFT into a file beside it.
/// </summary>
internal sealed class LoraMetadata
{
    private const string Key = "lora_adapter_metadata";

    /// <summary>An alpha of all layers, as some trainers write it.</summary>
    public const string Plain = "lora_alpha";

    private readonly string _path;
    private readonly JsonElement? _root;
    private readonly bool _hasParts;
    private readonly Dictionary<string, List<(Regex Layer, double Alpha)>> _alphas = [];
    private double? _plain;

    /// <param name="path">The file, for messages.</param>
    /// <param name="root">What it says; null for nothing.</param>
    /// <param name="hasParts">Whether it says it for each network under a name of its own.</param>
    private LoraMetadata(string path, JsonElement? root, bool hasParts)
    {
        (_path, _root, _hasParts) = (path, root, hasParts);
        foreach (string prefix in Enum.GetValues<LoraPart>().Select(Prefix).Distinct()) { _alphas[prefix] = ReadAlphas(prefix).ToList(); }
    }

    /// <summary>What the header of a file says.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="strings">The strings in the file's header.</param>
    /// <exception cref="McdmException"><c>LoraMetadata</c>: what the header says is no JSON object.</exception>
    public static LoraMetadata OfHeader(string path, IReadOnlyDictionary<string, string> strings)
    {
        var metadata = strings.TryGetValue(Key, out string? json) ? Parse(path, $"'{Key}' in its header", json, hasParts: true)
            : new(path, null, hasParts: true);
        if (!strings.TryGetValue(Plain, out string? plain)) { return metadata; }
        metadata._plain = double.TryParse(plain, NumberStyles.Float, CultureInfo.InvariantCulture, out double alpha) && double.IsFinite(alpha) ? alpha
            : throw new McdmException("LoraMetadata", ErrorKind.InvalidData, $"'{path}' has {Plain} '{plain}' in its header, where a number belongs.");
        metadata.Warnings = [$"The header of '{path}' says {Plain} {plain}: changes are multiplied by it and divided by their rank, which not all "
            + "programs do."];
        return metadata;
    }

    /// <summary>What PEFT's adapter_config.json says.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="McdmException"><c>LoraMetadata</c>: it is no JSON object; <c>LoraKind</c>: it is of another kind, or does more than a LoRA.</exception>
    public static LoraMetadata OfPeft(string path)
    {
        var metadata = Parse(path, "text", File.ReadAllText(path), hasParts: false);
        string? kind = metadata.Value("peft_type") is { ValueKind: JsonValueKind.String } type ? type.GetString() : null;
        string? problem = kind is null ? "does not say its peft_type"
            : !kind.Equals("LORA", StringComparison.OrdinalIgnoreCase) ? $"says that it is of the kind {kind}"
            : metadata.Value("modules_to_save") is { ValueKind: JsonValueKind.Array } whole && whole.GetArrayLength() > 0
                ? $"says that layers were trained as a whole beside it (modules_to_save: {string.Join(", ", whole.EnumerateArray())})"
            : metadata.IsTrue("lora_bias") ? "says that its factors have biases (lora_bias)"
            : null;
        return problem is null ? metadata
            : throw new McdmException("LoraKind", ErrorKind.NotSupported, $"'{path}' {problem}; of PEFT's adapters Mcdm reads LORA, with DoRA.");
    }

    /// <summary>
    /// By what a layer's product is multiplied whose alpha no tensor holds: alpha / rank, or alpha / √rank where the trainer scaled so (Kalajdzievski
    /// 2023); 1 where nobody says.
    /// </summary>
    /// <param name="part">The network.</param>
    /// <param name="module">The layer, with dots.</param>
    /// <param name="rank">The product's rank.</param>
    public double AlphaOverRank(LoraPart part, string module, long rank)
    {
        string prefix = Prefix(part);
        // The first pattern that fits the end of a layer's name is its own; text encoders' names may begin with text_model.
        var own = _alphas[prefix].Find(own => own.Layer.IsMatch(module) || own.Layer.IsMatch($"text_model.{module}"));
        double alpha = (own.Layer is null ? (double?)null : own.Alpha)
            ?? Number(Value($"{prefix}lora_alpha")) ?? _plain ?? rank;
        return alpha / (IsTrue($"{prefix}use_rslora") ? Math.Sqrt(rank) : rank);
    }

    /// <summary>What is read otherwise than elsewhere, in a sentence.</summary>
    public IReadOnlyList<string> Warnings { get; private set; } = [];

    /// <summary>Whether the adapter says that it is a DoRA.</summary>
    public bool IsDora => _alphas.Keys.Any(prefix => IsTrue($"{prefix}use_dora"));

    private string Prefix(LoraPart part) => !_hasParts ? "" : part switch
    {
        LoraPart.UNet => "unet.",
        LoraPart.Text => "text_encoder.",
        _ => "text_encoder_2.",
    };

    private IEnumerable<(Regex Layer, double Alpha)> ReadAlphas(string prefix)
    {
        if (Value($"{prefix}alpha_pattern") is not { ValueKind: JsonValueKind.Object } patterns) { yield break; }
        foreach (var pattern in patterns.EnumerateObject())
        {
            if (Number(pattern.Value) is { } alpha) { yield return (Pattern(pattern.Name), alpha); }
        }
    }

    /// <summary>A key as PEFT reads it: a regular expression of the end of a layer's name, whole parts of it.</summary>
    private Regex Pattern(string key)
    {
        try
        {
            return new Regex($@"^(.*\.)?({key})$", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            throw new McdmException("LoraMetadata", ErrorKind.InvalidData,
                $"'{_path}' names layers by '{key}', which is no regular expression that can be read.", e);
        }
    }

    private static LoraMetadata Parse(string path, string what, string json, bool hasParts)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Object ? new LoraMetadata(path, document.RootElement.Clone(), hasParts)
                : throw new JsonException("It is not an object");
        }
        // InvalidOperationException: a name with half a surrogate pair in it.
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new McdmException("LoraMetadata", ErrorKind.InvalidData, $"'{path}' has {what}, but not the JSON of a LoRA: {e.Message.TrimEnd('.')}.", e);
        }
    }

    private bool IsTrue(string key) => Value(key) is { ValueKind: JsonValueKind.True };

    private JsonElement? Value(string key) => _root is { } root && root.TryGetProperty(key, out var value) ? value : null;

    private static double? Number(JsonElement? value) => value is { ValueKind: JsonValueKind.Number } number && number.TryGetDouble(out double result)
        && double.IsFinite(result) ? result : null;
}
