using Mcdm.Benchmarks.Fuzz;
using Mcdm.Families.StableDiffusion.Files;
using Mcdm.Families.StableDiffusion.Networks;
using Mcdm.Layers.Frozen;
using Mcdm.Runtime;
using Spectre.Console;
using static TorchSharp.torch;

namespace Mcdm.Benchmarks.Checkpoints;

/// <summary>What memory decoding with Stable Diffusion's full autoencoder takes beside its weights, which are random: the first time, when they are packed, and later.</summary>
internal static class DecodeBenchmark
{
    private const double Gigabyte = 1e9;
    private const int Factor = 8, Latents = 4;

    public static int Run(string keys, int[] sides, bool single)
    {
        Engine.Start();
        using var noGradient = no_grad();
        var type = single ? ScalarType.Float32 : ScalarType.BFloat16;
        var table = new Table().Title($"Decoding, {type.ToString().ToLowerInvariant()}").AddColumns("side", "the first time", "later");
        foreach (int side in sides)
        {
            using var scope = NewDisposeScope();
            using var source = new RandomWeights((Path.Combine(keys, "sd_vae_ldm.tsv"), SingleFileNames.Autoencoder));
            var file = new SingleFile(source);
            using var weights = new FrozenWeights(file.Autoencoder!.Weights, CPU, type);
            var network = new AutoencoderKL(weights, file.Autoencoder.Options);
            var z = randn(1, Latents, side / Factor, side / Factor);
            table.AddRow($"{side}", Peak(), Peak());

            string Peak()
            {
                NativeMemory.GiveBackFreedBlocks();
                return $"{ProcessMemory.Of(() => network.Decode(z).Dispose()).Touched / Gigabyte:0.00} GB";
            }
        }
        AnsiConsole.Write(table);
        return 0;
    }
}
