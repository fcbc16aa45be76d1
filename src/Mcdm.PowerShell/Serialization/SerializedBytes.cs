using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Serialization;
using Mcdm.Datasets;
using Mcdm.Imaging;
using Mcdm.Imaging.Drawing;
using Mcdm.Json;
using Mcdm.Modalities;
using Mcdm.Sampling;

namespace Mcdm.PowerShell.Serialization;

/// <summary>
/// Whole objects as bytes and back: JSON, deflated. Numbers come back bit for bit, pixels byte for byte; a dataset is the names of its folders.
/// </summary>
internal static class SerializedBytes
{
    private static readonly JsonSerializerOptions s_options = new(ModelJson.Options)
    {
        WriteIndented = false,
        IgnoreReadOnlyProperties = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new PictureConverter(), new ConditionConverter(), new RecipeConverter(), new DatasetConverter() },
    };

    /// <summary>All of an object.</summary>
    public static byte[] Write(object value)
    {
        using var bytes = new MemoryStream();
        using (var deflate = new DeflateStream(bytes, CompressionLevel.Fastest)) { JsonSerializer.Serialize(deflate, value, value.GetType(), s_options); }
        return bytes.ToArray();
    }

    /// <summary>The object again.</summary>
    /// <param name="bytes">What <see cref="Write"/> gave.</param>
    /// <param name="type">The object's type.</param>
    /// <exception cref="McdmException"><c>TravelBroken</c>: the bytes are damaged or another version's; or what it names is not here.</exception>
    public static object Read(byte[] bytes, Type type)
    {
        try
        {
            using var deflate = new DeflateStream(new MemoryStream(bytes), CompressionMode.Decompress);
            return JsonSerializer.Deserialize(deflate, type, s_options) ?? throw new JsonException("it is null");
        }
        catch (Exception e) when (e is JsonException or InvalidDataException or NotSupportedException)
        {
            throw new McdmException("TravelBroken", ErrorKind.InvalidData,
                $"A {type.Name} that was saved, or came from another session, cannot be read: {e.Message}", e);
        }
    }

    private sealed record Pixels(int Width, int Height, byte[] Rgba);

    private sealed class PictureConverter : JsonConverter<Picture>
    {
        public override Picture? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            JsonSerializer.Deserialize<Pixels>(ref reader, options) is { } pixels ? new Picture(pixels.Width, pixels.Height, pixels.Rgba) : null;

        public override void Write(Utf8JsonWriter writer, Picture value, JsonSerializerOptions options) =>
            JsonSerializer.Serialize(writer, new Pixels(value.Width, value.Height, value.Rgba), options);
    }

    private sealed record ConditionState(Modality Modality, string? Expert, string? Text, Picture? Picture, IReadOnlyList<string>? Parts, double? Weight,
        IReadOnlyList<WeightPoint>? Schedule, Picture? Region, string? Source, double Scale = 1, bool IsLiteral = false, bool IsGuess = false,
        PictureFit? Fit = null, double? PictureWeight = null, double? Guidance = null);

    private sealed class ConditionConverter : JsonConverter<Condition>
    {
        public override Condition? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (JsonSerializer.Deserialize<ConditionState>(ref reader, options) is not { } state) { return null; }
            var value = state.Picture is not { } picture ? Condition.Of(state.Modality, state.Text ?? "")
                : state.Parts is not null ? Condition.FromSegment(picture, state.Parts, source: state.Source)
                : Condition.Of(state.Modality, picture, source: state.Source).Scaled(state.Scale).PictureWeighted(state.PictureWeight);
            if (state is { Picture: not null, Text: { } text }) { value = value.Saying(text); }
            if (state.IsLiteral) { value = value.Literally(); }
            if (state.IsGuess) { value = value.Guessing(); }
            if (state.Fit is not null) { value = value.Fitted(state.Fit); }
            var schedule = state.Schedule is null ? null : new WeightSchedule(state.Schedule);
            return value.Guided(state.Guidance).For(state.Expert).Weighted(state.Weight, schedule, state.Region);
        }

        public override void Write(Utf8JsonWriter writer, Condition value, JsonSerializerOptions options) =>
            JsonSerializer.Serialize(writer,
                new ConditionState(value.Modality, value.Expert, value.Text, value.Picture, value.Parts, value.GivenWeight, value.Schedule?.Points,
                    value.Region, value.Source, value.Scale, value.IsLiteral, value.IsGuess, value.Fit, value.PictureWeight, value.Guidance), options);
    }

    private sealed class RecipeConverter : JsonConverter<Recipe>
    {
        public override Recipe? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetString() is { } json
            ? Recipe.FromJson(json) : null;

        public override void Write(Utf8JsonWriter writer, Recipe value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToJson());
    }

    private sealed class DatasetConverter : JsonConverter<PictureDataset>
    {
        public override PictureDataset? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            JsonSerializer.Deserialize<string[]>(ref reader, options) is { } folders ? PictureDataset.Open(folders) : null;

        public override void Write(Utf8JsonWriter writer, PictureDataset value, JsonSerializerOptions options) =>
            JsonSerializer.Serialize(writer, value.Folders, options);
    }
}
