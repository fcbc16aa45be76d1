using System.Text.Json;
using System.Text.Json.Serialization;

namespace Mcdm.Modalities;

/// <summary>A modality in files is its name, in camel case.</summary>
internal sealed class ModalityJsonConverter : JsonConverter<Modality>
{
    public override Modality Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        string? name = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
        return Modality.Find(name) ?? throw new JsonException($"the modality '{name}' is unknown; there are: {string.Join(", ", Modality.All)}");
    }

    public override void Write(Utf8JsonWriter writer, Modality value, JsonSerializerOptions options) =>
        writer.WriteStringValue(JsonNamingPolicy.CamelCase.ConvertName(value.Name));
}
