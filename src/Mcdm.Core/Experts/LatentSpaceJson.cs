using System.Text.Json;
using System.Text.Json.Serialization;
using Mcdm.Diffusion.Process;
using Mcdm.Diffusion.Schedules;

namespace Mcdm.Experts;

/// <summary>
/// A space as files have it: the schedule's family and length stand beside the rest, and what a schedule may have further follows where it has it.
/// </summary>
internal sealed class LatentSpaceJson : JsonConverter<LatentSpace>
{
    public override LatentSpace? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (JsonSerializer.Deserialize<Members>(ref reader, options) is not { } read) { return null; }
        var schedule = new ScheduleDescription(read.Schedule, read.Steps) { BetaStart = read.BetaStart, BetaEnd = read.BetaEnd, Betas = read.Betas,
            ZeroTerminalSnr = read.ZeroTerminalSnr ?? false };
        return new LatentSpace(read.Channels, read.Height, read.Width, new VariancePreserving(schedule), read.Factor, read.Autoencoder);
    }

    public override void Write(Utf8JsonWriter writer, LatentSpace value, JsonSerializerOptions options)
    {
        var schedule = value.Process is VariancePreserving process ? process.Schedule
            : throw new NotSupportedException($"No file can say that a space has the process {value.Process}.");
        JsonSerializer.Serialize(writer, new Members(value.Channels, value.Height, value.Width, schedule.Kind, schedule.Steps, value.Factor, value.Autoencoder,
            schedule.BetaStart, schedule.BetaEnd, schedule.Betas, schedule.ZeroTerminalSnr ? true : null), options);
    }

    private sealed record Members(int Channels, int Height, int Width, NoiseScheduleKind Schedule, int Steps, int Factor = 1, string? Autoencoder = null,
        double? BetaStart = null, double? BetaEnd = null, IReadOnlyList<double>? Betas = null, bool? ZeroTerminalSnr = null);
}
