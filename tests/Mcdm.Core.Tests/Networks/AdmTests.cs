using Mcdm.Core.Tests.Formats;
using Mcdm.Networks.Adm;
using Mcdm.Networks.Frozen;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Networks;

public sealed class AdmTests
{
    [Theory]
    [InlineData("adm_64_class", "64x64_diffusion", 1000, 3, true)]
    [InlineData("adm_128_class", "128x128_diffusion", 1000, 4, true)]
    [InlineData("adm_256_class", "256x256_diffusion", 1000, 5, true)]
    [InlineData("adm_256_uncond", "256x256_diffusion_uncond", 0, 5, true)]
    [InlineData("adm_512_class", "512x512_diffusion", 1000, 6, true)]
    [InlineData("adm_64_256_upsampler", "64_256_upsampler", 1000, 5, true)]
    [InlineData("unite_conquer_face(model_latest)", "unite-and-conquer-face", 0, 5, true)]
    [InlineData("unite_conquer_sketch(model_sketch)", "unite-and-conquer-sketch", 0, 5, true)]
    public void A_published_model_is_built_of_its_tensors_with_none_missing_and_none_left_over(string list, string preset, long classes, int halvings, bool learnsVariance)
    {
        if (KeyList.Find(list) is not { } keys) { return; }
        using var weights = new FrozenWeights(keys, META, ScalarType.Float32);
        var network = new AdmUNet(weights, AdmPresets.Named(preset));
        Assert.Equal(keys.Parameters, weights.Parameters);
        Assert.Equal(classes, network.Shape.Classes);
        Assert.Equal(1 << halvings, network.Shape.Factor);
        Assert.Equal(learnsVariance, network.Shape.LearnsVariance);
    }

    [Fact]
    public void A_preset_of_another_kind_is_refused_by_what_the_network_takes()
    {
        if (KeyList.Find("adm_64_256_upsampler") is not { } keys) { return; }
        using var weights = new FrozenWeights(keys, META, ScalarType.Float32);
        var error = Assert.Throws<McdmException>(() => new AdmUNet(weights, AdmPresets.Named("256x256_diffusion")));
        Assert.Equal("AdmFamily", error.Id);
        Assert.Contains("takes 6 channels", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_of_another_network_and_a_preset_of_nobody_are_refused()
    {
        if (KeyList.Find("ddpm_cifar10_32_unet2d") is not { } keys) { return; }
        using var weights = new FrozenWeights(keys, META, ScalarType.Float32);
        Assert.Equal("AdmWeights", Assert.Throws<McdmException>(() => new AdmUNet(weights, new AdmOptions())).Id);
        Assert.Contains("64x64_diffusion", Assert.Throws<McdmException>(() => AdmPresets.Named("64x64")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_network_of_classes_or_of_small_pictures_needs_is_asked_for()
    {
        if (KeyList.Find("adm_64_256_upsampler") is not { } keys) { return; }
        using var weights = new FrozenWeights(keys, META, ScalarType.Float32);
        var network = new AdmUNet(weights, AdmPresets.Named("64_256_upsampler"));
        using var scope = NewDisposeScope();
        Tensor z = empty([1, 3, 64, 64], device: META), t = empty(1, device: META);
        Assert.Contains("class", Assert.Throws<McdmException>(() => network.Forward(z, t, new())).Message, StringComparison.Ordinal);
        Assert.Contains("small pictures", Assert.Throws<McdmException>(() => network.Forward(z, t, new() { Labels = empty([1], ScalarType.Int64, META) })).Message, StringComparison.Ordinal);
        Assert.Contains("divisible by 32", Assert.Throws<McdmException>(() => network.Forward(empty([1, 3, 64, 48], device: META), t, new())).Message, StringComparison.Ordinal);
    }
}
