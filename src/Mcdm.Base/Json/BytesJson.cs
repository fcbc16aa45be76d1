using System.Text.Json;
using System.Text.Json.Serialization;

namespace Mcdm.Json;

/// <summary>Bytes as JSON: base64; a list of numbers, as PowerShell writes them, is read too.</summary>
internal sealed class BytesJson : JsonConverter<byte[]>
{
    public override byte[]? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartArray) { return reader.GetBytesFromBase64(); }
        var bytes = new List<byte>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) { bytes.Add(reader.GetByte()); }
        return [.. bytes];
    }

    public override void Write(Utf8JsonWriter writer, byte[] value, JsonSerializerOptions options) => writer.WriteBase64StringValue(value);
}
