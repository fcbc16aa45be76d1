using System.Globalization;
using System.Text.Json;
using Mcdm.Json;
using Mcdm.Weights;
using static TorchSharp.torch;

namespace Mcdm.Training;

/// <summary>The state of a run between two steps, in one safetensors file written whole or not at all.</summary>
/// <param name="Step">Steps done.</param>
/// <param name="Seconds">Time spent.</param>
/// <param name="Options">How the run was started.</param>
/// <param name="Labels">Hash of what the labels' numbers mean: the vocabulary, or the parts; null where a checkpoint does not say.</param>
internal sealed record Checkpoint(int Step, double Seconds, TrainingOptions Options, string? Labels)
{
    /// <summary>What the run learnt from (<see cref="PictureFingerprints"/>); null where a checkpoint does not say.</summary>
    public string? Pictures { get; init; }

    /// <summary>The losses of the last steps, of which the mean is shown; null where a checkpoint does not say.</summary>
    public IReadOnlyList<double>? Losses { get; init; }

    private const string FileName = "checkpoint.safetensors", LayoutKey = "layout", Layout = "memory";

    public static string PathIn(string folder) => Path.Combine(folder, FileName);

    public static bool ExistsIn(string folder) => File.Exists(PathIn(folder));

    public void Write(string folder, MasterWeights weights) =>
        SafeTensorsWriter.Write(PathIn(folder), weights.State, new Dictionary<string, string>
        {
            ["step"] = Step.ToString(CultureInfo.InvariantCulture),
            ["seconds"] = Seconds.ToString("R", CultureInfo.InvariantCulture),
            ["options"] = JsonSerializer.Serialize(Options, ModelJson.Options),
            ["labels"] = Labels ?? "",
            ["pictures"] = Pictures ?? "",
            [LayoutKey] = Layout,
            ["losses"] = string.Join(' ', (Losses ?? []).Select(loss => loss.ToString("R", CultureInfo.InvariantCulture))),
        });

    /// <summary>Reads where the run stood, without the weights.</summary>
    public static Checkpoint Read(string folder)
    {
        if (!ExistsIn(folder))
        {
            throw new McdmException("CheckpointNotFound", ErrorKind.NotFound, $"'{folder}' holds no training checkpoint to resume from.");
        }
        using var file = SafeTensorsFile.Open(PathIn(folder));
        try
        {
            return new Checkpoint(
                int.Parse(file.Metadata["step"], CultureInfo.InvariantCulture),
                double.Parse(file.Metadata["seconds"], CultureInfo.InvariantCulture),
                JsonSerializer.Deserialize<TrainingOptions>(file.Metadata["options"], ModelJson.Options) ?? throw new JsonException("it has no options"),
                file.Metadata.GetValueOrDefault("labels"))
            {
                Pictures = file.Metadata.GetValueOrDefault("pictures"),
                Losses = file.Metadata.GetValueOrDefault("losses")?.Split(' ', StringSplitOptions.RemoveEmptyEntries)
                    .Select(loss => double.Parse(loss, CultureInfo.InvariantCulture)).ToList(),
            };
        }
        catch (Exception e) when (e is KeyNotFoundException or FormatException or JsonException)
        {
            throw new McdmException("CheckpointInvalid", ErrorKind.InvalidData, $"'{PathIn(folder)}' is no training checkpoint: {e.Message}", e);
        }
    }

    /// <summary>Puts the run's state back.</summary>
    public static void Restore(string folder, MasterWeights weights)
    {
        using var file = SafeTensorsFile.Open(PathIn(folder));
        using var noGradient = no_grad();
        foreach (var (name, tensor) in weights.State)
        {
            using var saved = file.Read(name);
            if (!saved.shape.SequenceEqual(tensor.shape))
            {
                throw new McdmException("CheckpointShape", ErrorKind.InvalidData,
                    $"'{PathIn(folder)}' holds {saved.numel()} {name}, but the network it describes has {tensor.numel()}.");
            }
            if (file.Metadata.GetValueOrDefault(LayoutKey) == Layout) { tensor.copy_(saved); }
            else { weights.CopyUnstrided(tensor, saved); }
        }
        weights.WriteBack(weights.Weights);
    }
}
