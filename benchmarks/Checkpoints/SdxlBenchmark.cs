using Mcdm.Families.StableDiffusion.Experts;
using Mcdm.Families.StableDiffusion.Networks;
using Mcdm.Layers.Frozen;
using Mcdm.Runtime;
using Spectre.Console;
using static TorchSharp.torch;

namespace Mcdm.Benchmarks.Checkpoints;

/// <summary>
/// Seconds a step and memory of Stable Diffusion XL at full size with random weights: nothing, a prompt, and so many large ControlNets with the empty prompt, each
/// expert by itself and as they are composed.
/// </summary>
internal static class SdxlBenchmark
{
    private const double Gigabyte = 1e9;
    private const int Factor = 8, Latents = 4, Tokens = 77, Width = 2048, PooledWidth = 1280, Sizes = 6;

    public static int Run(int side, int[] controls, int runs, bool single, bool int8)
    {
        var device = ComputeDevice.Select(null);
        var (place, type) = (device.ToTorch(), (single ? Precision.Float32 : Precision.BFloat16).On(device));
        var storage = int8 ? WeightStorage.Int8 : WeightStorage.Computed;
        using var noGradient = no_grad();
        using var inputs = NewDisposeScope();
        var z = randn([1, Latents, side / Factor, side / Factor], device: place);
        var picture = rand([1, 3, side, side], device: place);
        var words = new Prompt(randn([1, Tokens, Width], device: place), zeros([1, PooledWidth], device: place));
        var sizes = full([1, Sizes], side, device: place);
        var table = new Table()
            .Title($"Stable Diffusion XL at {side}², {device.Description}, {type.ToString().ToLowerInvariant()}{(int8 ? ", weights in 8 bits" : "")}, best of {runs}")
            .AddColumns("ControlNets", "seconds a step, experts apart", "composed", "weights", "peak memory");
        using var networks = new Networks(place, type, storage);
        foreach (int count in controls)
        {
            networks.Have(count);
            var (apart, _, _) = Measured.Best(runs, () =>
            {
                for (int expert = 0; expert < 2 + count; expert++) { Predict([expert]); }
            });
            var (composed, _, peak) = Measured.Best(runs, () => Predict([.. Enumerable.Range(0, 2 + count)]));
            table.AddRow($"{count}", $"{apart:0.0}", $"{composed:0.0}", $"{networks.Bytes / Gigabyte:0.0} GB", $"{peak / Gigabyte:0.0} GB");
        }
        AnsiConsole.Write(table);
        return 0;

        void Predict(int[] experts) => ComposedStep.Predict(networks.UNet, networks.Controls, experts, z, words, picture, sizes);
    }

    private sealed class Networks(Device device, ScalarType type, WeightStorage storage) : IDisposable
    {
        private readonly List<RandomWeights> _sources = [];
        private readonly List<FrozenWeights> _weights = [];
        private readonly List<ControlNetModel> _controls = [];
        private UNet2DConditionModel? _unet;

        public UNet2DConditionModel UNet => _unet ??= new UNet2DConditionModel(Weights(new SdxlKeys().UNet(Latents)), SdxlKeys.UNetOptions);

        public IReadOnlyList<ControlNetModel> Controls => _controls;

        public long Bytes => _weights.Sum(weights => weights.Bytes);

        public void Have(int controls)
        {
            _ = UNet;
            while (_controls.Count < controls)
            {
                _controls.Add(new ControlNetModel(Weights(new SdxlKeys().Control([2, 10], [16, 32, 96, 256])), SdxlKeys.ControlOptions));
            }
        }

        public void Dispose()
        {
            foreach (var weights in _weights) { weights.Dispose(); }
            foreach (var source in _sources) { source.Dispose(); }
        }

        private FrozenWeights Weights(SdxlKeys keys)
        {
            var source = new RandomWeights(keys.Shapes);
            var weights = new FrozenWeights(source, device, type, storage);
            _sources.Add(source);
            _weights.Add(weights);
            return weights;
        }
    }
}
