using System.Diagnostics;
using Mcdm.Experts;
using Mcdm.Families.Own.Files;
using Mcdm.Imaging.Files;
using Mcdm.Modalities;
using Mcdm.Runtime;
using Mcdm.Sampling;
using Spectre.Console;
using static TorchSharp.torch;

namespace Mcdm.Benchmarks;

/// <summary>How long the parts of the main job take, and its memory.</summary>
internal static class SpeedBenchmark
{
    private const double Megabyte = 1e6;

    public static int Run(string modelFolder, int steps, int runs, bool float32)
    {
        var device = ComputeDevice.Select(null);
        var precision = (float32 ? Precision.Float32 : Precision.Auto).On(device);
        var table = new Table().Title($"{device.Description}, {precision.ToString().ToLowerInvariant()}, median of {runs} runs (least to most)").AddColumns("what", "time");
        var clock = Stopwatch.StartNew();
        using var model = ModelPack.Read(modelFolder, device.ToTorch(), precision);
        table.AddRow("start libtorch and load the pack", $"{clock.Elapsed.TotalSeconds:0.00} s");
        table.AddRow("weights on disk", $"{new DirectoryInfo(modelFolder).EnumerateFiles().Sum(file => file.Length) / Megabyte:0.0} MB");

        Condition[] conditions =
        [
            Condition.FromText("This person has black hair and is wearing round glasses."),
            Condition.FromSketch(PictureFile.Read(Repository.File("examples/inputs/sketch.png"))),
            Condition.FromSegment(PictureFile.Read(Repository.File("examples/inputs/mask.png"))),
        ];
        var colors = Condition.FromLowResolution(PictureFile.Read(Repository.File("examples/inputs/face.png")));
        foreach (var expert in model.Experts)
        {
            var condition = conditions.Append(colors).FirstOrDefault(c => c.Modality == expert.Modality);
            foreach (int batch in new[] { 1, 4 })
            {
                table.AddRow($"one evaluation, {expert.Name}, batch {batch}", Milliseconds(Measure(runs, () => Evaluate(expert, condition, batch))));
            }
        }
        var request = new GenerationRequest { Conditions = conditions, Count = 4, Sampling = UsualSampling.For(model, steps: steps) };
        table.AddRow($"four pictures, three conditions, {steps} steps", Milliseconds(Measure(runs, () => Sample(model, request))));
        table.AddRow("peak memory", $"{Process.GetCurrentProcess().PeakWorkingSet64 / Megabyte:0} MB");
        AnsiConsole.Write(table);
        return 0;
    }

    private static void Sample(Model model, GenerationRequest request)
    {
        using var generator = new ImageGenerator(model);
        generator.Add(request);
        _ = generator.Sample(rest: true).Count();
    }

    private static void Evaluate(Expert expert, Condition? condition, int batch)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var z = randn([batch, expert.Space.Channels, expert.Space.Height, expert.Space.Width], device: expert.Device);
        expert.Predict(z, expert.Space.Process.Level(expert.Space.Process.Steps / 2), condition is null ? null : expert.Encode(condition).Inputs);
    }

    /// <summary>Times of runs in milliseconds, in rising order, after one that is not counted.</summary>
    private static double[] Measure(int runs, Action work)
    {
        work();
        return Enumerable.Range(0, runs).Select(_ =>
        {
            var clock = Stopwatch.StartNew();
            work();
            return clock.Elapsed.TotalMilliseconds;
        }).Order().ToArray();
    }

    private static string Milliseconds(double[] times) => $"{times[times.Length / 2]:0.0} ms ({times[0]:0.0}–{times[^1]:0.0})";
}
