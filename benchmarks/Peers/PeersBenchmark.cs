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
        var usual = Precision.Auto.On(ComputeDevice.Find("cpu"));
        var precisions = new[] { usual, ScalarType.Float32 }.Distinct().ToArray();
        using var onnx = new OnnxSketch(onnxFile);
        var best = Measure(FirstPack.Folder(), precisions, onnx, runs);
        if (best is null) { return 1; }
        _ = Measure(modelFolder, precisions, null, runs);
        foreach (var precision in precisions)
        {
            foreach (int batch in s_batches)
            {
                double ratio = best[(Onnx, batch)] / best[(Mcdm(precision), batch)];
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"batch {batch} {(precision == usual ? "" : $"{Name(precision)} ")}ratio {ratio:0.00}"));
            }
        }
        return 0;
    }

    private const string Onnx = "ONNX Runtime, float32";

    private static string Name(ScalarType precision) => precision.ToString().ToLowerInvariant();

    private static string Mcdm(ScalarType precision) => $"Mcdm, {Name(precision)}";

    /// <summary>Milliseconds of each contestant at each batch; null where two do not predict the same.</summary>
    private static Dictionary<(string Name, int Batch), double>? Measure(string folder, ScalarType[] precisions, OnnxSketch? onnx, int runs)
    {
        var models = precisions.Select(precision => ModelPack.Read(folder, CPU, precision)).ToArray();
        var experts = Array.ConvertAll(models, model => (TrainedExpert)model.Expert("sketch"));
        var packed = Array.ConvertAll(experts, expert => PackedUNet.TryCreate(expert.Network, expert.Options));
        var best = new Dictionary<(string Name, int Batch), double>();
        var space = experts[0].Space;
        foreach (int batch in s_batches)
        {
            using var scope = NewDisposeScope();
            var z = randn(batch, space.Channels, space.Height, space.Width);
            var sketch = rand(1, 1, space.PictureHeight, space.PictureWidth).gt(0.9).to(ScalarType.Float32);
            var level = space.Process.Level(NoiseLevel);
            var everywhere = sketch.expand(batch, -1, -1, -1).contiguous();
            var theirs = onnx is null ? null : tensor(onnx.Run(z, NoiseLevel, everywhere)).reshape(z.shape);
            List<(string Name, Action Run)> contestants = onnx is null ? [] : [(Onnx, () => onnx.Run(z, NoiseLevel, everywhere))];
            foreach (var (expert, form) in experts.Zip(packed))
            {
                IDenoiser plain = new PlainUNet(expert.Network), fast = form ?? plain;
                var (plainRead, fastRead) = (plain.Prepare(new UNetInputs { Map = sketch }), fast.Prepare(new UNetInputs { Map = sketch }));
                var convolutions = new ConvolutionsAlone(expert, batch);
                contestants.Add((Mcdm(expert.Precision), () => fast.Predict(z, level, fastRead)));
                contestants.Add(($"the network through libtorch, eager, {Name(expert.Precision)}", () => plain.Predict(z, level, plainRead)));
                contestants.Add(($"its convolutions alone, packed at every call, {Name(expert.Precision)}", convolutions.Run));
                double difference = theirs is null ? 0 : (fast.Predict(z, level, fastRead) - theirs).square().mean().sqrt().item<float>();
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
        string title = $"sketch expert, z of {space.Channels}×{space.Height}×{space.Width}, milliseconds, best of {runs}; {Runtime.Processor.Kind}, {Runtime.Processor.Cores} cores";
        var table = new Table().Title(title).AddColumn("");
        foreach (int batch in s_batches) { table.AddColumn($"batch {batch}"); }
        foreach (string name in best.Keys.Select(key => key.Name).Distinct()) { table.AddRow([name, .. s_batches.Select(batch => $"{best[(name, batch)]:0.00}")]); }
        AnsiConsole.Write(table);
        return best;
    }
}
