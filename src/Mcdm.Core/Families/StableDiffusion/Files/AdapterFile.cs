using System.Text.Json;
using Mcdm.Weights;

namespace Mcdm.Families.StableDiffusion.Files;

/// <summary>What a LoRA's, its kin's or an embedding's file says of itself, without reading its numbers.</summary>
internal static class AdapterFile
{
    private const int MostWords = 10;

    /// <summary>The tensors that tell a rank by their first dimension.</summary>
    private static readonly string[] s_factors = [LoraRoles.Down, LoraRoles.HadaW1B, $"{LoraRoles.LokrW2}_b"];

    /// <summary>Layers that read a text encoder's tokens, whose width tells the family.</summary>
    private static readonly string[] s_readers = ["attn2_to_k", "attn2.to_k", "attn2.processor.to_k"];

    /// <summary>Describes it; null where it is none.</summary>
    public static AdapterDescription? Describe(IWeights weights)
    {
        IReadOnlySet<string> names = weights.Names.ToHashSet(StringComparer.Ordinal);
        if (OtherKinds.AreWords(names)) { return Words(weights); }
        if (SingleFile.Recognizes(names)) { return null; }
        if ((LoraNames.OtherKind(names)?.Kind ?? LoraForm.NameOf(names) ?? (LoraNames.OtherFamily(names) is null ? null : "LoRA")) is not { } kind)
        {
            return null;
        }
        var factors = names.Where(name => s_factors.Contains(LoraNames.RoleOf(name))).ToList();
        return new AdapterDescription(kind)
        {
            Base = LoraNames.OtherFamily(names) ?? BaseOf(weights) ?? WidthOf(factors.Find(ReadsTokens)),
            Ranks = [.. factors.Select(name => weights.Shape(name)).Where(shape => shape.Count > 0).Select(shape => shape[0]).Distinct().Order()],
            TriggerWords = TriggersOf(weights),
        };

        string? WidthOf(string? name) => name is not null && weights.Shape(name) is { Count: > 1 } shape
            ? StableDiffusionVersion.OfWidth(shape[1])?.Name : null;
    }

    private static bool ReadsTokens(string name) => s_readers.Any(part => name.Contains(part, StringComparison.Ordinal));

    /// <summary>Describes embeddings; one without a token of its own is called as its file.</summary>
    private static AdapterDescription Words(IWeights weights)
    {
        var shapes = weights.Names.ToDictionary(name => name, weights.Shape, StringComparer.Ordinal);
        return new AdapterDescription("textual inversion")
        {
            Base = BaseOf(weights) ?? (shapes.Count == 1 ? StableDiffusionVersion.OfWidth(shapes.Values.First() is [.., var width] ? width : 0)?.Name
                : shapes.ContainsKey("clip_g") ? StableDiffusionVersion.XL.Name : null),
            Tokens = shapes.ToDictionary(word => word.Key is "*" or "emb_params" ? TextInversionFile.NameOf(weights.Path) : word.Key,
                word => word.Value.Count > 1 ? word.Value[0] : 1),
            TriggerWords = TriggersOf(weights),
        };
    }

    private static string? BaseOf(IWeights weights) => weights.Metadata.GetValueOrDefault("modelspec.architecture")?.Split('/')[0] switch
    {
        { } name => Version(version => version.Architecture, name) ?? name,
        null => weights.Metadata.GetValueOrDefault("ss_base_model_version") is { } trained ? Version(version => version.Trainer, trained) ?? trained : null,
    };

    private static string? Version(Func<StableDiffusionVersion, string> beginning, string name) =>
        StableDiffusionVersion.All.FirstOrDefault(version => name.StartsWith(beginning(version), StringComparison.Ordinal))?.Name;

    /// <summary>What its header names as such, or else the tags that were most frequent in its training.</summary>
    private static List<string> TriggersOf(IWeights weights)
    {
        if ((weights.Metadata.GetValueOrDefault("modelspec.trigger_phrase") ?? weights.Metadata.GetValueOrDefault("trigger_words")) is { Length: > 0 } told)
        {
            return [.. told.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];
        }
        if (!weights.Metadata.TryGetValue("ss_tag_frequency", out string? json)) { return []; }
        try
        {
            using var document = JsonDocument.Parse(json);
            return [.. document.RootElement.EnumerateObject().SelectMany(folder => folder.Value.EnumerateObject())
                .Where(tag => tag.Value.ValueKind == JsonValueKind.Number)
                .GroupBy(tag => tag.Name.Trim(), tag => tag.Value.GetDouble(), StringComparer.Ordinal).OrderByDescending(tag => tag.Sum()).Take(MostWords)
                .Select(tag => tag.Key)];
        }
        // What a trainer wrote for itself has no form that could be wrong.
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            return [];
        }
    }
}
