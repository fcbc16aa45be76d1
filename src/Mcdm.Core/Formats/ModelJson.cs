using System.Text.Json;
using System.Text.Json.Serialization;
using Mcdm.Composition;
using Mcdm.Experts;
using Mcdm.Modalities;
using Mcdm.Networks;

namespace Mcdm.Formats;

/// <summary>What <c>model.json</c> of a model pack says.</summary>
internal sealed record ModelDescription
{
    public const string CurrentFormat = "mcdm-model-1";

    public required string Format { get; init; }
    public required string Name { get; init; }
    public string? Description { get; init; }
    public string? Credits { get; init; }
    public required LatentSpace Space { get; init; }
    public required IReadOnlyList<ExpertDescription> Experts { get; init; }

    /// <summary>Weights that were fitted to the experts; null where none were.</summary>
    public WeightCalibration? Calibration { get; init; }
}

/// <summary>One expert of a model pack: its network, its weights file and what its conditions need.</summary>
internal sealed record ExpertDescription
{
    /// <summary>Null for the unconditional expert.</summary>
    public Modality? Modality { get; init; }

    public required PredictionKind Prediction { get; init; }
    public required UNetOptions Network { get; init; }

    /// <summary>File name of the weights, beside model.json.</summary>
    public required string Weights { get; init; }

    /// <summary>SHA-256 of the weights file, hexadecimal.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Classes of the masks; segment experts alone.</summary>
    public IReadOnlyList<Part>? Parts { get; init; }

    /// <summary>File name of the vocabulary, beside model.json; text experts alone.</summary>
    public string? Vocabulary { get; init; }

    /// <summary>How it was trained, for people to read.</summary>
    public TrainingSummary? Training { get; init; }
}

/// <summary>How an expert was trained.</summary>
public sealed record TrainingSummary
{
    /// <summary>Optimiser steps.</summary>
    public required int Steps { get; init; }

    /// <summary>Pictures seen, repeats counted.</summary>
    public required long PicturesSeen { get; init; }

    /// <summary>Mean loss of the last steps.</summary>
    public required double Loss { get; init; }

    /// <summary>Wall time in seconds, resumed runs added up.</summary>
    public required double Seconds { get; init; }

    /// <summary>The arithmetic it was trained in.</summary>
    public required string Precision { get; init; }
}

/// <summary>How Mcdm writes JSON for people and reads it back.</summary>
internal static class ModelJson
{
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new PredictionKindConverter(), new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
}

/// <summary>Reads "epsilon" too, as packs of the first version call the prediction of noise.</summary>
internal sealed class PredictionKindConverter : JsonConverter<PredictionKind>
{
    public override PredictionKind Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        string? name = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
        return name == "epsilon" ? PredictionKind.Noise
            : Enum.TryParse<PredictionKind>(name, ignoreCase: true, out var kind) && Enum.IsDefined(kind) ? kind
            : throw new JsonException($"'{name}' is no prediction; there are: {string.Join(", ", Enum.GetNames<PredictionKind>()).ToLowerInvariant()}");
    }

    public override void Write(Utf8JsonWriter writer, PredictionKind value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString().ToLowerInvariant());
}
