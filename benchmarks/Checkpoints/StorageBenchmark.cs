using System.Diagnostics;
using Mcdm.Diffusion.Composition;
using Mcdm.Diffusion.Samplers;
using Mcdm.Experts;
using Mcdm.Families;
using Mcdm.Families.StableDiffusion.Files;
using Mcdm.Families.StableDiffusion.Networks;
using Mcdm.Layers.Frozen;
using Mcdm.Modalities;
using Spectre.Console;
using static System.FormattableString;
using static TorchSharp.torch;

namespace Mcdm.Benchmarks.Checkpoints;

/// <summary>
/// What fewer bits of weights cost: how far pictures of the same noise lie from those of float32 (PSNR in dB), with models whose weights are given; and, with
/// Stable Diffusion 1.5's U-Net at full size and random weights, memory and time of an evaluation.
/// </summary>
internal static class StorageBenchmark
{
    private const double Gigabyte = 1e9;
    private const int Steps = 10, Guidance = 4, LatentSide = 32;

    private static readonly (string Name, ScalarType Type, WeightStorage Storage)[] s_kinds =
    [
        ("float32", ScalarType.Float32, WeightStorage.Computed), ("float32, weights in 8 bits", ScalarType.Float32, WeightStorage.Int8),
        ("bfloat16", ScalarType.BFloat16, WeightStorage.Computed), ("bfloat16, weights in 8 bits", ScalarType.BFloat16, WeightStorage.Int8),
    ];

    public static int Run(string[] models, string keys, int pictures)
    {
        using var noGradient = no_grad();
        var quality = new Table().Title($"PSNR of pictures against float32, mean of {pictures} (least), {Steps} steps, one sentence of weight {Guidance}")
            .AddColumns(["model", .. s_kinds.Skip(1).Select(kind => kind.Name)]);
        foreach (string folder in models)
        {
            if (!Directory.Exists(folder)) { Console.Error.WriteLine($"There is no '{folder}'."); return 1; }
            var all = s_kinds.Select(kind => Pictures(folder, kind.Type, kind.Storage, pictures)).ToList();
            quality.AddRow([Repository.Relative(folder), .. all.Skip(1).Select(shown => Psnr(all[0], shown))]);
            all.ForEach(shown => shown.Dispose());
        }
        AnsiConsole.Write(quality);
        string list = Path.Combine(keys, "sd15_unet_ldm(after prefix).tsv");
        if (!File.Exists(list)) { return 0; }
        var size = new Table().Title($"Stable Diffusion 1.5's U-Net, {LatentSide * 8}², the better of two evaluations").AddColumns("weights", "memory", "processor seconds");
        foreach (var (name, type, storage) in s_kinds)
        {
            using var scope = NewDisposeScope();
            using var source = new RandomWeights((list, SingleFileNames.UNet));
            var file = new SingleFile(source);
            using var weights = new FrozenWeights(file.UNet!.Weights, CPU, type, storage);
            var network = new UNet2DConditionModel(weights, file.UNet.Options);
            double seconds = Enumerable.Range(0, 2).Min(_ => Seconds(network));
            size.AddRow(name, Invariant($"{weights.Bytes / Gigabyte:0.00} GB"), Invariant($"{seconds:0.00}"));
        }
        AnsiConsole.Write(size);
        return 0;
    }

    private static double Seconds(UNet2DConditionModel network)
    {
        using var scope = NewDisposeScope();
        var (z, context) = (randn(1, 4, LatentSide, LatentSide), randn(1, 77, network.Options.ContextChannels));
        var process = Process.GetCurrentProcess();
        var before = process.TotalProcessorTime;
        network.Forward(z, tensor(new[] { 500L }), context);
        process.Refresh();
        return (process.TotalProcessorTime - before).TotalSeconds;
    }

    /// <summary>Pictures in −1…1, of the same noise whatever the arithmetic.</summary>
    private static Tensor Pictures(string folder, ScalarType type, WeightStorage storage, int count)
    {
        using var scope = NewDisposeScope();
        using var model = Registries.ModelReader.Read([folder], new ImportOptions { Storage = storage }, CPU, type);
        using var composition = new Composition([.. model.At(null, null).Experts], [Condition.FromText("a photo of a fox in the snow", Guidance)]);
        using var composer = new Composer([composition]);
        var options = model.Sampling! with { Sampler = new DpmSolver(), Steps = Steps, Spacing = null };
        using var predictor = new ComposedPredictor(composer.Predict, new Product().RuleOf(SamplingPath.Of(model.Space.Process, options).Steps));
        using var generator = new Generator(1);
        long[] shape = [1, model.Space.Channels, model.Space.Height, model.Space.Width];
        var made = Enumerable.Range(0, count).Select(_ =>
        {
            var noise = randn(shape, generator: generator);
            return model.Codec!.Decode(Sampler.Sample(predictor.Predict, model.Space.Process, () => noise.clone(), options)).to(ScalarType.Float32).clamp(-1, 1);
        }).ToArray();
        return cat(made).MoveToOuterDisposeScope().DetachFromDisposeScope();
    }

    private static string Psnr(Tensor expected, Tensor actual)
    {
        using var scope = NewDisposeScope();
        double[] each = [.. (expected - actual).square().flatten(1).mean([1]).to(ScalarType.Float64).data<double>().ToArray().Select(error => 10 * Math.Log10(4 / Math.Max(error, 1e-20)))];
        return Invariant($"{each.Average():0.0} ({each.Min():0.0})");
    }
}
