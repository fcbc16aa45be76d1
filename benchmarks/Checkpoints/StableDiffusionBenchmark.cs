using Mcdm.Layers.Frozen;
using Mcdm.Families.StableDiffusion.Experts;
using Mcdm.Families.StableDiffusion.Files;
using Mcdm.Families.StableDiffusion.Networks;
using Mcdm.Layers.Clip;
using Mcdm.Runtime;
using Mcdm.Weights;
using Spectre.Console;
using static TorchSharp.torch;

namespace Mcdm.Benchmarks.Checkpoints;

/// <summary>How long a step of Stable Diffusion 1.5 takes with a prompt and two ControlNets composed, beside the sum of its parts, and what memory it needs. Weights are random: time does not depend on them.</summary>
internal static class StableDiffusionBenchmark
{
    private const double Gigabyte = 1e9, Million = 1e6;
    private const int Factor = 8, Latents = 4, Tokens = 77, ControlNets = 2;

    public static int Run(string keys, int[] sides, int runs, bool single)
    {
        if (!Directory.Exists(keys)) { Console.Error.WriteLine($"There is no '{keys}', which holds the names and shapes of the model's tensors."); return 1; }
        var device = ComputeDevice.Select(null);
        var (place, precision) = (device.ToTorch(), (single ? Precision.Float32 : Precision.BFloat16).On(device));
        using var noGradient = no_grad();
        using var building = new PeakMemory();
        using var networks = new Networks(keys, place, precision);
        double built = building.Read();
        var table = new Table().Title($"Stable Diffusion 1.5 with {ControlNets} ControlNets, {device.Description}, {precision.ToString().ToLowerInvariant()}, best of {runs}")
            .AddColumns("what", "seconds", "processor seconds", "peak memory");
        table.AddRow($"build {networks.Parameters / Million:0} million parameters", "", "", $"{built / Gigabyte:0.00} GB");
        foreach (int side in sides)
        {
            using var inputs = NewDisposeScope();
            var z = randn([1, Latents, side / Factor, side / Factor], device: place);
            var t = tensor(new[] { 500L }, device: place);
            var picture = rand([1, 3, side, side], device: place);
            var words = networks.Text.Forward(zeros([1, Tokens], ScalarType.Int64, place));
            double unet = 0, control = 0;
            Row("text", () => networks.Text.Forward(zeros([1, Tokens], ScalarType.Int64, place)));
            unet = Row("U-Net", () => networks.UNet.Forward(z, t, words));
            control = Row("ControlNet", () => networks.Controls[0].Forward(z, t, words, picture, 1));
            // One expert for the prompt, one for each ControlNet, and what has no condition.
            int rows = ControlNets + 2;
            double step = Row("step, experts apart", () => Step(networks, z, t, words, picture));
            Row("step, composed", () => ComposedStep.Predict(networks.UNet, networks.Controls, [.. Enumerable.Range(0, rows)], z, new Prompt(words), picture));
            Row("encode", () => networks.Autoencoder.Encode(picture));
            Row("decode", () => networks.Autoencoder.Decode(z));
            table.AddRow($"{side}²: step ÷ sum of its parts", $"{step / (rows * unet + ControlNets * control):0.00}", "", "");

            double Row(string what, Action work)
            {
                var (wall, processor, peak) = Measured.Best(runs, work);
                table.AddRow($"{side}²: {what}", $"{wall:0.00}", $"{processor:0.00}", $"{peak / Gigabyte:0.00} GB");
                return processor;
            }
        }
        AnsiConsole.Write(table);
        return 0;
    }

    /// <summary>The predictions of one step: nothing, a prompt, and each ControlNet with the empty prompt.</summary>
    private static void Step(Networks networks, Tensor z, Tensor t, Tensor words, Tensor picture)
    {
        using var scope = NewDisposeScope();
        networks.UNet.Forward(z, t, words).Dispose();
        networks.UNet.Forward(z, t, words).Dispose();
        foreach (var control in networks.Controls)
        {
            using var residuals = control.Forward(z, t, words, picture, 1);
            networks.UNet.Forward(z, t, words, new UNetAdded { Skips = [new([.. residuals.Down, residuals.Mid], 0, z.shape[0])] }).Dispose();
        }
    }

    private sealed class Networks : IDisposable
    {
        private readonly List<IDisposable> _owned = [];

        public Networks(string keys, Device device, ScalarType type)
        {
            var file = new SingleFile(Owned(new RandomWeights((List("sd15_unet_ldm(after prefix)"), SingleFileNames.UNet), (List("sd_vae_ldm"), SingleFileNames.Autoencoder), (List("clip_l_text"), SingleFileNames.ClipText))));
            var control = new SingleFile(Owned(new RandomWeights((List("sd15_controlnet_ldm(after prefix)"), SingleFileNames.ControlNet))));
            UNet = new UNet2DConditionModel(Weights(file.UNet!.Weights), file.UNet.Options);
            Autoencoder = new AutoencoderKL(Weights(file.Autoencoder!.Weights), file.Autoencoder.Options);
            Text = new ClipTextModel(Weights(file.Texts[0].Weights), file.Texts[0].Options);
            Controls = Enumerable.Range(0, ControlNets).Select(_ => new ControlNetModel(Weights(control.ControlNet!.Weights), control.ControlNet.Options)).ToArray();

            FrozenWeights Weights(IWeights weights) => Owned(new FrozenWeights(weights, device, type));

            string List(string name) => Path.Combine(keys, $"{name}.tsv");
        }

        public long Parameters => _owned.OfType<FrozenWeights>().Sum(weights => weights.Parameters);

        public UNet2DConditionModel UNet { get; }

        public AutoencoderKL Autoencoder { get; }

        public ClipTextModel Text { get; }

        public IReadOnlyList<ControlNetModel> Controls { get; }

        public void Dispose()
        {
            foreach (var item in _owned) { item.Dispose(); }
        }

        private T Owned<T>(T item) where T : IDisposable
        {
            _owned.Add(item);
            return item;
        }
    }
}
