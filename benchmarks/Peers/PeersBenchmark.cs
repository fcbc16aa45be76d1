using System.Diagnostics;
using System.Globalization;
using Mcdm.Experts;
using Mcdm.Families.Own.Experts;
using Mcdm.Families.Own.Files;
using Mcdm.Families.Own.Packed;
using Mcdm.Runtime;
using Spectre.Console;
using static TorchSharp.torch;

namespace Mcdm.Benchmarks.Peers;

/// <summary>One evaluation of the same network by Mcdm and by others, turn about in one run, the best of many.</summary>
internal static class PeersBenchmark
{
    private const int NoiseLevel = 500;
    private static readonly int[] s_batches = [1, 4, 16];

    private static readonly TimeSpan s_rest = TimeSpan.FromMilliseconds(20);

    /// <summary>What predictions may differ by from float32's, on average: several times what bfloat16 rounds.</summary>
    private const double LargestDifference = 0.03;

    public static int Run(string onnxFile, string modelFolder, int runs)
    {
        if (!File.Exists(onnxFile))
        {
            Console.Error.WriteLine($"There is no '{onnxFile}'; give the ONNX file of the first pack's sketch expert with --onnx.");
            return 1;
        }
        Engine.Start();
        using var noGradient = no_grad();
        var precision = Precision.Auto.On(ComputeDevice.Find("cpu"));
        using var first = ModelPack.Read(FirstPack.Folder(), CPU, precision);
        using var onnx = new OnnxSketch(onnxFile);
        var best = Measure((TrainedExpert)first.Expert("sketch"), onnx, runs);
        if (best is null) { return 1; }
        using var embedded = ModelPack.Read(modelFolder, CPU, precision);
        _ = Measure((TrainedExpert)embedded.Expert("sketch"), null, runs);
        foreach (int batch in s_batches)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"batch {batch} ratio {best[("ONNX Runtime, float32", batch)] / best[("Mcdm", batch)]:0.00}"));
        }
        return 0;
    }

    /// <summary>Milliseconds of each contestant at each batch; null where two do not predict the same.</summary>
    private static Dictionary<(string Name, int Batch), double>? Measure(TrainedExpert expert, OnnxSketch? onnx, int runs)
    {
        using var packed = PackedUNet.TryCreate(expert.Network, expert.Options);
        IDenoiser plain = new PlainUNet(expert.Network), fast = packed ?? plain;
        var best = new Dictionary<(string Name, int Batch), double>();
        var space = expert.Space;
        foreach (int batch in s_batches)
        {
            using var scope = NewDisposeScope();
            var z = randn(batch, space.Channels, space.Height, space.Width);
            var sketch = rand(1, 1, space.PictureHeight, space.PictureWidth).gt(0.9).to(ScalarType.Float32);
            var (plainRead, fastRead) = (plain.Prepare(new UNetInputs { Map = sketch }), fast.Prepare(new UNetInputs { Map = sketch }));
            var level = space.Process.Level(NoiseLevel);
            var everywhere = sketch.expand(batch, -1, -1, -1).contiguous();
            using var convolutions = new ConvolutionsAlone(expert, batch);
            List<(string Name, Action Run)> contestants =
            [
                ("Mcdm", () => fast.Predict(z, level, fastRead)),
                ("the network through libtorch, eager", () => plain.Predict(z, level, plainRead)),
                ("its convolutions alone, packed at every call", convolutions.Run),
            ];
            if (onnx is not null)
            {
                contestants.Add(("ONNX Runtime, float32", () => onnx.Run(z, NoiseLevel, everywhere)));
                var theirs = tensor(onnx.Run(z, NoiseLevel, everywhere)).reshape(z.shape);
                double difference = (fast.Predict(z, level, fastRead) - theirs).square().mean().sqrt().item<float>();
                if (difference > LargestDifference)
                {
                    Console.Error.WriteLine($"ONNX Runtime's prediction differs by {difference:0.000} on average: the file is of another network.");
                    return null;
                }
            }
            foreach (var (name, _) in contestants) { best[(name, batch)] = double.PositiveInfinity; }
            for (int i = 0; i < runs; i++)
            {
                foreach (var (name, run) in contestants)
                {
                    using var inner = NewDisposeScope();
                    // The threads of the one before wait for more work with all their might for a while; the run that is not counted wakes this one's.
                    Thread.Sleep(s_rest);
                    run();
                    var clock = Stopwatch.StartNew();
                    run();
                    best[(name, batch)] = Math.Min(best[(name, batch)], clock.Elapsed.TotalMilliseconds);
                }
            }
        }
        var table = new Table().Title($"{expert.Name} expert, z of {space.Channels}×{space.Height}×{space.Width}, milliseconds, best of {runs}").AddColumn("");
        foreach (int batch in s_batches) { table.AddColumn($"batch {batch}"); }
        foreach (string name in best.Keys.Select(key => key.Name).Distinct()) { table.AddRow([name, .. s_batches.Select(batch => $"{best[(name, batch)]:0.00}")]); }
        AnsiConsole.Write(table);
        return best;
    }
}
