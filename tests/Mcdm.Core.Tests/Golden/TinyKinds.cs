using Mcdm.Layers.Frozen;
using Mcdm.Families.StableDiffusion.Networks;
using Mcdm.Weights;
using Mcdm.Weights.Reading;
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
        using IWeights encoderFile = Open(golden, "encoder"), decoderFile = Open(golden, "decoder");
        using FrozenWeights encoder = new(encoderFile, CPU, ScalarType.Float32), decoder = new(decoderFile, CPU, ScalarType.Float32);
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

    private static IWeights Open(GoldenCase golden, string half) => WeightFile.Open(golden.Folder.Find(golden.Parameters.GetProperty(half).GetString()!));
}
