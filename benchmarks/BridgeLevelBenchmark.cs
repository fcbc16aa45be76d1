using Mcdm.Benchmarks.Peers;
using Mcdm.Diffusion.Process;
using Mcdm.Diffusion.Samplers;
using Mcdm.Experts;
using Mcdm.Families.Own.Files;
using Mcdm.Imaging;
using Mcdm.Runtime;
using Mcdm.Sampling;
using Spectre.Console;
using TorchSharp;
using static TorchSharp.torch;

namespace Mcdm.Benchmarks;

/// <summary>
/// A rule for a bridge's c and end that needs no labels and no data, on pictures that the first model, A, draws. c: at which the other model, B, guesses from its
/// noisy view of A's guess as well as from a noisy picture. The end: from where on A's guess is nearer to the picture than B's.
/// </summary>
internal static class BridgeLevelBenchmark
{
    private const int Together = 16;
    private const double Near = 1.1;
    private static readonly double[] s_nats = [0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2, 2.5, 3, 4];

    public static int Run(string first, string? other, int count)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var device = ComputeDevice.Select(null);
        using var a = ModelPack.Read(first, device.ToTorch(), Precision.Auto.On(device));
        using var b = ModelPack.Read(other ?? FirstPack.Folder(), device.ToTorch(), Precision.Auto.On(device));
        var (own, there) = (Side.Of(a), Side.Of(b));
        var pictures = Drawn(a, count).Select(picture => PictureTensor.ToTensor(picture).unsqueeze(0)).Chunk(Together).Select(some => cat(some)).ToList();

        var (owns, seen) = (pictures.ConvertAll(own.Seen), pictures.ConvertAll(there.Seen));
        var table = new Table().Title($"A: {own.Space}. B: {there.Space}. {count} pictures that A drew; mean squared errors as B sees pictures")
            .AddColumns("log-SNR", "t of A", "A's guess", "B's guess", "c");
        foreach (int ratio in Enumerable.Range(-6, 9))
        {
            var views = owns.ConvertAll(z0 => there.Seen(own.Decoded(own.Guess(z0, ratio))));
            double? nats = s_nats.Cast<double?>().FirstOrDefault(c => Error(views.ConvertAll(view => there.Guess(view, ratio - c!.Value))) <= Near * OfGuess(ratio - c!.Value));
            table.AddRow($"{ratio}", $"{own.Space.Process.LevelOfLambda(ratio / 2.0).T:0}", $"{Error(views):0.0000}", $"{OfGuess(ratio):0.0000}", nats is null ? $"over {s_nats[^1]}" : $"{nats}");
        }
        AnsiConsole.Write(table);
        return 0;

        double OfGuess(double ratio) => Error(seen.ConvertAll(z0 => there.Guess(z0, ratio)));

        double Error(IReadOnlyList<Tensor> guesses) => guesses.Zip(seen, (guess, z0) => (guess - z0).square().mean().ToDouble()).Average();
    }

    private static List<Picture> Drawn(Model model, int count)
    {
        using var generator = new ImageGenerator(model) { BatchSize = Together };
        for (int i = 0; i < count; i++) { generator.Add(new GenerationRequest { Conditions = [], Seed = i }); }
        return generator.Sample(rest: true).SelectMany(batch => batch.Images).Select(image => image.Picture).ToList();
    }

    /// <summary>A model as it sees pictures.</summary>
    private sealed record Side(IExpert Unconditional, IPictureCodec Codec)
    {
        public LatentSpace Space => Unconditional.Space;

        public static Side Of(Model model) =>
            new(model.Unconditional.At(model.Space.PictureWidth, model.Space.PictureHeight), ModelBridge.CodecOf(model));

        public Tensor Seen(Tensor pictures) => Codec.Encode(Bridge.Resized(pictures, Space.PictureHeight, Space.PictureWidth));

        public Tensor Decoded(Tensor latents) => Codec.Decode(latents);

        /// <summary>x̂ of a noisy z_0; the noise is the same for all, so that errors can be compared.</summary>
        public Tensor Guess(Tensor seen, double ratio)
        {
            var level = Space.Process.LevelOfLambda(ratio / 2);
            using var noise = new NoiseSource([.. Enumerable.Range(0, (int)seen.shape[0]).Select(i => (long)i)], seen.shape[1..], seen.device);
            var z = level.Diffuse(seen, noise.Next());
            return Space.Prediction.Denoised(Unconditional.Predict(z, level, null), z, level);
        }
    }
}
