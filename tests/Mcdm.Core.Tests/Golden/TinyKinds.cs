using Mcdm.Formats.Weights;
using Mcdm.Networks.Diffusers;
using Mcdm.Networks.Frozen;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Golden;

/// <summary>Tiny autoencoders, random and real ones.</summary>
internal sealed class TinyKinds : IGoldenKind
{
    private const double Tolerance = 5e-5;

    public IReadOnlyList<string> Kinds => ["tiny-encode", "tiny-decode"];

    public void Check(GoldenCase golden)
    {
        using var encoder = Weights(golden, "encoder");
        using var decoder = Weights(golden, "decoder");
        var network = new TinyAutoencoder(encoder, decoder);
        Assert.Equal(golden.Parameters.GetProperty("latent_channels").GetInt64(), network.LatentChannels);
        if (golden.Kind == "tiny-encode")
        {
            golden.AssertLargestClose("latent", network.Encode(golden.Input("picture")), Tolerance);
        }
        else
        {
            golden.AssertLargestClose("picture", network.Decode(golden.Input("latent")), Tolerance);
        }
    }

    private static FrozenWeights Weights(GoldenCase golden, string half)
    {
        using var file = WeightFile.Open(golden.Folder.Find(golden.Parameters.GetProperty(half).GetString()!));
        return new FrozenWeights(file, CPU, ScalarType.Float32);
    }
}
