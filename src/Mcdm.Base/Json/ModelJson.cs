using System.Text.Json;
using System.Text.Json.Serialization;

namespace Mcdm.Json;

/// <summary>How Mcdm writes JSON for people and reads it back.</summary>
internal static class ModelJson
{
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The format that a description or recipe says it has, whatever else it says; null where it names none.</summary>
    /// <exception cref="JsonException">It is no JSON object.</exception>
    public static string? FormatOf(string json) => JsonSerializer.Deserialize<Versioned>(json, Options)?.Format;

    private sealed record Versioned(string? Format);
}
