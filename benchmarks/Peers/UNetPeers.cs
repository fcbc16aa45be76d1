using System.Diagnostics;
using System.Globalization;
using Mcdm.Benchmarks.Checkpoints;
using Mcdm.Families.StableDiffusion.Files;
using Mcdm.Families.StableDiffusion.Networks;
using Mcdm.Layers.Frozen;
using Mcdm.Runtime;
using Microsoft.ML.OnnxRuntime;
using Spectre.Console;
using static TorchSharp.torch;

namespace Mcdm.Benchmarks.Peers;

/// <summary>One evaluation of Stable Diffusion 1.5's U-Net in float32 by Mcdm and by ONNX Runtime, turn about in one run; weights are random.</summary>
internal static class UNetPeers
{
    private const int Latents = 4, Tokens = 77, Width = 768, Factor = 8;
    private static readonly (int Rows, int Side)[] s_sizes = [(1, 256), (2, 256), (1, 512)];

    /// <summary>For the threads of the one before to come to rest.</summary>
    private static readonly TimeSpan s_rest = TimeSpan.FromMilliseconds(300);

    public static int Run(string onnxFile, string keys, int runs)
    {
        if (!File.Exists(onnxFile)) { Console.Error.WriteLine($"There is no '{onnxFile}', the U-Net as an ONNX file with its weights beside it."); return 1; }
        Engine.Start();
        using var noGradient = no_grad();
        using var random = new RandomWeights((Path.Combine(keys, "sd15_unet_ldm(after prefix).tsv"), SingleFileNames.UNet));
        var file = new SingleFile(random);
        using var weights = new FrozenWeights(file.UNet!.Weights, CPU, ScalarType.Float32);
        var network = new UNet2DConditionModel(weights, file.UNet.Options);
        using var options = new SessionOptions { IntraOpNumThreads = Processor.Cores, GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL };
        using var session = new InferenceSession(onnxFile, options);
        using var run = new RunOptions();
        var table = new Table().Title($"Stable Diffusion 1.5's U-Net, float32, {Processor.Name}, seconds, best of {runs}").AddColumns("", "Mcdm", "ONNX Runtime", "ratio");
        foreach (var (rows, side) in s_sizes)
        {
            using var scope = NewDisposeScope();
            Tensor z = randn(rows, Latents, side / Factor, side / Factor), words = randn(rows, Tokens, Width), t = full(rows, 500f);
            using OrtValue sample = Value(z), timestep = Value(t), context = Value(words);
            Func<IDisposable> ours = () => network.Forward(z, t, words), theirs = () => session.Run(run, ["sample", "timestep", "context"], [sample, timestep, context], ["prediction"]);
            double[] best = [double.MaxValue, double.MaxValue];
            for (int i = 0; i <= runs; i++)
            {
                foreach (var (contestant, work) in new[] { ours, theirs }.Index())
                {
                    Thread.Sleep(s_rest);
                    var clock = Stopwatch.StartNew();
                    using var prediction = work();
                    // The first packs weights and plans memory.
                    if (i > 0) { best[contestant] = Math.Min(best[contestant], clock.Elapsed.TotalSeconds); }
                }
            }
            table.AddRow($"{rows} × {side}²", $"{best[0]:0.00}", $"{best[1]:0.00}", string.Create(CultureInfo.InvariantCulture, $"{best[1] / best[0]:0.00}"));
        }
        AnsiConsole.Write(table);
        return 0;
    }

    private static OrtValue Value(Tensor tensor) => OrtValue.CreateTensorValueFromMemory(tensor.data<float>().ToArray(), tensor.shape);
}
