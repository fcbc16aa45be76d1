using Mcdm.Layers.Frozen;
using Mcdm.Core.Tests.Checkpoints;
using Mcdm.Families.StableDiffusion.Networks;
using Mcdm.Weights;
using Mcdm.Weights.Reading;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Networks;

public sealed class TinyAutoencoderTests
{
    [SharedFact]
    public void Halves_of_different_autoencoders_are_refused()
    {
        using IWeights encoderFile = Open("golden", "taesd-tiny", "model", "taesd_encoder.pth"), decoderFile = Open("taef2", "taef2_decoder.pth");
        using FrozenWeights encoder = new(encoderFile, CPU, ScalarType.Float32), decoder = new(decoderFile, CPU, ScalarType.Float32);
        var error = Assert.Throws<McdmException>(() => new TinyAutoencoder(encoder, decoder));
        Assert.Equal("TinyHalves", error.Id);
        Assert.Contains("4 channels at 1/8", error.Message, StringComparison.Ordinal);
    }

    [SharedFact]
    public void A_half_that_is_not_there_is_asked_for()
    {
        using var file = Open("taef2", "taef2_decoder.pth");
        using var decoder = new FrozenWeights(file, CPU, ScalarType.Float32);
        var network = new TinyAutoencoder(null, decoder);
        Assert.Equal((32, 8), (network.LatentChannels, network.Factor));
        using var picture = zeros(1, 3, 8, 8);
        Assert.Contains("encoder", Assert.Throws<McdmException>(() => network.Encode(picture)).Message, StringComparison.Ordinal);
    }

    private static IWeights Open(params string[] parts) => WeightFile.Open(Checkout.Shared(["checkpoints", .. parts]));
}
