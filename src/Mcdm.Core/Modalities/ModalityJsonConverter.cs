using System.Text.Json;
using System.Text.Json.Serialization;
using Mcdm.Diffusion;

namespace Mcdm.Modalities;

/// <summary>A modality in files is its name, in camel case; an object that has a name, as PowerShell writes one, is read too.</summary>
internal sealed class ModalityJsonConverter : JsonConverter<Modality>
{
    public override Modality Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        string? name = NamedKindJson.NameIn(JsonElement.ParseValue(ref reader));
        return Modality.Find(name) ?? throw new JsonException($"the modality '{name}' is unknown; there are: {string.Join(", ", Modality.All)}");
    }

    public override void Write(Utf8JsonWriter writer, Modality value, JsonSerializerOptions options) =>
        writer.WriteStringValue(JsonNamingPolicy.CamelCase.ConvertName(value.Name));
}
