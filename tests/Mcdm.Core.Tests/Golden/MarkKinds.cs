using System.Text.Json;
using Mcdm.Diffusion.Process;
using Mcdm.Families.StableDiffusion.Files;
using Mcdm.Weights;
using Mcdm.Weights.Reading;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Golden;

/// <summary>What the header and the empty tensors of a single file say of it.</summary>
internal sealed class MarkKinds : IGoldenKind
{
    public IReadOnlyList<string> Kinds => ["marks"];

    public void Check(GoldenCase golden)
    {
        using var file = WeightFile.Open(Path.Combine(golden.Model, golden.Parameters.GetProperty("file").GetString()!));
        using var marked = new MarkedWeights(file, golden.Parameters);
        var expect = golden.Parameters.GetProperty("expect");
        // The shapes of tiny models are not the published ones; what marks say is asked for without them.
        var version = expect.GetProperty("version").GetInt32() == 2 ? StableDiffusionVersion.Two : StableDiffusionVersion.One;
        var marks = CheckpointMarks.Read(marked, version, expect.GetProperty("channels").GetInt32(), new SingleFileHints());
        Assert.Equal(expect.GetProperty("prediction").GetString() switch { "epsilon" => PredictionKind.Noise, "v_prediction" => PredictionKind.Velocity, _ => null },
            marks.Prediction);
        Assert.Equal(expect.GetProperty("zero_terminal_snr").GetBoolean(), marks.ZeroTerminalSnr);
        Assert.Equal(golden.Id == "contradiction" ? 1 : 0, marks.Warnings.Count);
    }

    /// <summary>A file with another header, and empty tensors beside its own.</summary>
    private sealed class MarkedWeights(IWeights file, JsonElement parameters) : IWeights
    {
        private readonly string[] _added = parameters.TryGetProperty("tensors", out var tensors) ? [.. tensors.EnumerateArray().Select(name => name.GetString()!)] : [];

        public string Path => file.Path;

        public IReadOnlyDictionary<string, string> Metadata { get; } = !parameters.TryGetProperty("metadata", out var header) ? file.Metadata
            : header.ValueKind == JsonValueKind.Null ? new Dictionary<string, string>() : header.EnumerateObject().ToDictionary(entry => entry.Name, entry => entry.Value.GetString()!);

        public IReadOnlyList<string> Names => [.. file.Names, .. _added];

        public IReadOnlyList<long> Shape(string name) => _added.Contains(name) ? [0] : file.Shape(name);

        public ScalarType DataType(string name) => _added.Contains(name) ? ScalarType.Float32 : file.DataType(name);

        public Tensor Read(string name, ScalarType? dataType = null) => _added.Contains(name) ? empty(0) : file.Read(name, dataType);

        public void Dispose()
        {
        }
    }
}
