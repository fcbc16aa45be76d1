using System.Text.Json;
using System.Text.Json.Serialization;

namespace Mcdm.Diffusion.Process;

/// <summary>What a network was trained to predict of z_t.</summary>
[JsonConverter(typeof(PredictionKindConverter))]
public enum PredictionKind
{
    /// <summary>The noise ε (Ho et al. 2020).</summary>
    Noise,

    /// <summary>v = α ε − σ z_0 (Salimans and Ho 2022).</summary>
    Velocity,

    /// <summary>The picture (or latents) z_0.</summary>
    Sample,
}

/// <summary>Reads "epsilon" too, as packs of the first version call the prediction of noise.</summary>
internal sealed class PredictionKindConverter : JsonConverter<PredictionKind>
{
    public override PredictionKind Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        string? name = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
        return name == "epsilon" ? PredictionKind.Noise
            : Enum.TryParse<PredictionKind>(name, ignoreCase: true, out var kind) && Enum.IsDefined(kind) ? kind
            : throw new JsonException($"unknown prediction '{name}'; there are: {string.Join(", ", Enum.GetNames<PredictionKind>()).ToLowerInvariant()}");
    }

    public override void Write(Utf8JsonWriter writer, PredictionKind value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString().ToLowerInvariant());
}
