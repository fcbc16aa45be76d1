using System.Text.Json;
using System.Text.Json.Serialization;

namespace Mcdm.Diffusion;

/// <summary>A kind as JSON: its word alone, or, where something was chosen of it, an object of <c>name</c> and its settings.</summary>
/// <param name="kinds">The kinds there are, each with its usual settings.</param>
/// <param name="what">What they are, for messages.</param>
internal abstract class NamedKindJson<T>(IReadOnlyList<T> kinds, string what) : JsonConverter<T> where T : class, INamedKind
{
    private const string NameKey = "name";

    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var element = JsonElement.ParseValue(ref reader);
        bool hasSettings = element.ValueKind == JsonValueKind.Object;
        var name = hasSettings && element.TryGetProperty(NameKey, out var own) ? own : element;
        string? word = name.ValueKind == JsonValueKind.String ? name.GetString() : null;
        var kind = kinds.Named(word ?? "") ?? throw new JsonException($"unknown {what} '{word}'; there are: {kinds.Names()}");
        return hasSettings ? (T)element.Deserialize(kind.GetType(), options)! : kind;
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
        writer.WriteString(NameKey, word);
        foreach (var setting in JsonSerializer.SerializeToElement(value, value.GetType(), options).EnumerateObject()) { setting.WriteTo(writer); }
        writer.WriteEndObject();
    }
}
