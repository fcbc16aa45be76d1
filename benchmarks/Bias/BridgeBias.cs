using Mcdm.Diffusion.Composition;
using Mcdm.Diffusion.Samplers;
using Mcdm.Experts;
using Mcdm.Imaging;
using Mcdm.Modalities;
using Spectre.Console;
using TorchSharp;
using static TorchSharp.torch;

namespace Mcdm.Benchmarks.Bias;

/// <summary>
/// What comes of conditions that experts of another space read, where the product is known: pictures are N(0, 1), each condition makes them N(0.8, 0.5²), and
/// the other space sees them through y = 2 x + 0.3.
/// </summary>
internal static class BridgeBias
{
    private const int Side = 200;
    private const double Mean = 0.8, Deviation = 0.5, Scale = 2, Shift = 0.3;
    /// <summary>Nats by which noise hides less where pictures are larger by a factor.</summary>
    private static readonly double s_equal = 2 * Math.Log(Scale);

    private static readonly Modality[] s_read = [Modality.Text, Modality.Segment];

    /// <param name="steps">Sampling steps.</param>
    public static int Run(int steps)
    {
        var table = new Table().Title($"Product of normal distributions over a bridge: {Side * Side} samples, {steps} steps of DDIM")
            .AddColumns("conditions", "way", "mean", "variance ÷ the true one");
        foreach (int count in new[] { 1, 2 })
        {
            double precision = 1 + count * (1 / (Deviation * Deviation) - 1), mean = count * Mean / (Deviation * Deviation) / precision;
            table.AddRow($"{count}", "the product", $"{mean:0.000}", "1.000");
            Row("equation (12), in one space", [Own(), .. s_read.Take(count).Select(modality => Expert(Mean, Deviation, modality))]);
            foreach (int corrections in new[] { 0, 2, 100 })
            {
                Row($"over a bridge, the same space, no more noise, strength 1, corrected {corrections} times",
                    Crossed(PixelCodec.Instance, 1, 0, Settings(0, 1, corrections)));
                foreach (double noise in new[] { 0, 1, s_equal, 2 })
                {
                    Row(FormattableString.Invariant($"over a bridge, {noise:0.##} nats, strength 1, corrected {corrections} times"),
                        Crossed(new LinearCodec(), Scale, Shift, Settings(noise, 1, corrections)));
                }
                Row($"over a bridge, 2 nats, strength 2, corrected {corrections} times", Crossed(new LinearCodec(), Scale, Shift, Settings(2, 2, corrections)));
            }
            Row("over a bridge, as usual", Crossed(new LinearCodec(), Scale, Shift, new BridgeOptions()));

            IReadOnlyList<IExpert> Crossed(IPictureCodec codec, double scale, double shift, BridgeOptions options)
            {
                var (bridge, rest) = (new Bridge("other", PixelCodec.Instance, codec, options), Expert(shift, scale, null));
                return [Own(), .. s_read.Take(count).Select(modality => new CrossingExpert($"other.{modality.ExpertName}", Own().Space,
                    Expert(scale * Mean + shift, scale * Deviation, modality), rest, Own(), bridge))];
            }

            void Row(string way, IReadOnlyList<IExpert> experts)
            {
                using var scope = NewDisposeScope();
                Condition[] conditions = [Condition.FromText("a"), Condition.FromSegment(new Picture(1, 1, [0, 0, 0, 255]), null)];
                using var composer = new Composer(experts, conditions[..count]);
                using var predictor = new ComposedPredictor(composer.Predict, new Product());
                using var noise = new NoiseSource([3], [1, Side, Side]);
                var end = Sampler.Sample(predictor.Predict, Own().Space.Process, noise.Next, new SamplerOptions { Sampler = new Ddim(), Steps = steps, ClipDenoised = false });
                table.AddRow($"{count}", way, $"{end.mean().ToDouble():0.000}", $"{end.var().ToDouble() * precision:0.000}");
            }
        }
        AnsiConsole.Write(table);
        return 0;
    }

    private static BridgeOptions Settings(double noise, double strength, int corrections) =>
        new() { MoreNoise = noise, Strength = strength, End = 100, Corrections = corrections };

    private static ExactExpert Own() => Expert(0, 1, null);

    private static ExactExpert Expert(double mean, double deviation, Modality? modality)
    {
        var expert = new ExactExpert(new NormalMixture(new Component(1, [mean], [deviation])), modality);
        return new ExactExpert(new NormalMixture(new Component(1, [mean], [deviation])), modality) { Space = expert.Space with { Height = Side, Width = Side } };
    }

    private sealed class LinearCodec : IPictureCodec
    {
        public Tensor Encode(Tensor pictures) => Scale * pictures + Shift;

        public Tensor Decode(Tensor latents) => (latents - Shift) / Scale;
    }
}
