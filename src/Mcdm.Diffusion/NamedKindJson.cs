using System.Text.Json;
using System.Text.Json.Serialization;

namespace Mcdm.Diffusion;

/// <summary>What the JSON of all kinds has in common.</summary>
internal static class NamedKindJson
{
    /// <summary>The property of an object that has the word.</summary>
    public const string NameKey = "name";

    /// <summary>The word of a kind that is a word alone or an object, whose properties other programs write in capitals; null where there is none.</summary>
    public static string? NameIn(JsonElement element)
    {
        var name = element.ValueKind != JsonValueKind.Object ? element
            : element.EnumerateObject().LastOrDefault(property => property.Name.Equals(NameKey, StringComparison.OrdinalIgnoreCase)).Value;
        return name.ValueKind == JsonValueKind.String ? name.GetString() : null;
    }
}

/// <summary>A kind as JSON: its word alone, or, where something was chosen of it, an object of <c>name</c> and its settings.</summary>
/// <param name="kinds">The kinds there are, each with its usual settings.</param>
/// <param name="what">What they are, for messages.</param>
internal abstract class NamedKindJson<T>(IReadOnlyList<T> kinds, string what) : JsonConverter<T> where T : class, INamedKind
{
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var element = JsonElement.ParseValue(ref reader);
        string? word = NamedKindJson.NameIn(element);
        var kind = kinds.Named(word ?? "") ?? throw new JsonException($"unknown {what} '{word}'; there are: {kinds.Names()}");
        return element.ValueKind == JsonValueKind.Object ? (T)element.Deserialize(kind.GetType(), options)! : kind;
    }

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options)
    {
        string word = JsonNamingPolicy.CamelCase.ConvertName(value.Name);
        if (kinds.Contains(value))
        {
            writer.WriteStringValue(word);
            return;
        }
        writer.WriteStartObject();
        writer.WriteString(NamedKindJson.NameKey, word);
        foreach (var setting in JsonSerializer.SerializeToElement(value, value.GetType(), options).EnumerateObject()) { setting.WriteTo(writer); }
        writer.WriteEndObject();
    }
}
