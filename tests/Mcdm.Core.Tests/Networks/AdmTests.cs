using Mcdm.Layers.Frozen;
using Mcdm.Core.Tests.Checkpoints;
using Mcdm.Families.Adm;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Networks;

public sealed class AdmTests
{
    [SharedTheory]
    [InlineData("adm_64_class", "64x64_diffusion", 295_904_454, 1000, 8)]
    [InlineData("adm_128_class", "128x128_diffusion", 421_529_606, 1000, 16)]
    [InlineData("adm_256_class", "256x256_diffusion", 553_838_086, 1000, 32)]
    [InlineData("adm_256_uncond", "256x256_diffusion_uncond", 552_814_086, 0, 32)]
    [InlineData("adm_512_class", "512x512_diffusion", 558_997_638, 1000, 64)]
    [InlineData("adm_64_256_upsampler", "64_256_upsampler", 311_795_910, 1000, 32)]
    [InlineData("unite_conquer_face(model_latest)", "unite-and-conquer-face", 330_924_267, 0, 32)]
    [InlineData("unite_conquer_sketch(model_sketch)", "unite-and-conquer-sketch", 311_027_910, 0, 32)]
    public void A_published_model_is_built_of_its_tensors_with_none_missing_and_none_left_over(string list, string preset, long parameters, long classes, int factor)
    {
        using var keys = Keys(list);
        using var weights = new FrozenWeights(keys, META, ScalarType.Float32);
        var network = new AdmUNet(weights, AdmPresets.Named(preset));
        Assert.Equal(parameters, weights.Parameters);
        Assert.Equal(classes, network.Shape.Classes);
        Assert.Equal(factor, network.Shape.Factor);
        Assert.True(network.Shape.LearnsVariance);
    }

    [SharedFact]
    public void A_preset_of_another_kind_is_refused_by_what_the_network_takes()
    {
        using var keys = Keys("adm_64_256_upsampler");
        using var weights = new FrozenWeights(keys, META, ScalarType.Float32);
        var error = Assert.Throws<McdmException>(() => new AdmUNet(weights, AdmPresets.Named("256x256_diffusion")));
        Assert.Equal("AdmKind", error.Id);
        Assert.Contains("takes 6 channels", error.Message, StringComparison.Ordinal);
    }

    [SharedFact]
    public void Weights_of_another_network_and_a_preset_of_nobody_are_refused()
    {
        using var keys = Keys("ddpm_cifar10_32_unet2d");
        using var weights = new FrozenWeights(keys, META, ScalarType.Float32);
        Assert.Equal("AdmWeights", Assert.Throws<McdmException>(() => new AdmUNet(weights, new AdmOptions())).Id);
        Assert.Contains("64x64_diffusion", Assert.Throws<McdmException>(() => AdmPresets.Named("64x64")).Message, StringComparison.Ordinal);
    }

    [SharedTheory]
    [InlineData("adm_64_class", "64x64_diffusion", 64, "draws what a class says")]
    [InlineData("adm_64_256_upsampler", "64_256_upsampler", 64, "enlarges small pictures")]
    [InlineData("adm_256_uncond", "256x256_diffusion_uncond", 48, "divisible by 32")]
    public void What_a_network_needs_and_was_not_given_is_said(string list, string preset, long width, string message)
    {
        using var keys = Keys(list);
        using var weights = new FrozenWeights(keys, META, ScalarType.Float32);
        var network = new AdmUNet(weights, AdmPresets.Named(preset));
        using var scope = NewDisposeScope();
        var error = Assert.Throws<McdmException>(() => network.Forward(empty([1, 3, 64, width], device: META), empty(1, device: META), new()));
        Assert.Equal("AdmInput", error.Id);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("256x256_diffusion_uncond", "256x256_diffusion_uncond")]
    [InlineData("model_latest", "unite-and-conquer-face")]
    [InlineData("model_sketch", "unite-and-conquer-sketch")]
    [InlineData("model", null)]
    public void A_file_under_its_published_name_needs_no_preset(string file, string? preset) => Assert.Equal(preset, AdmPresets.OfFile(file));

    private static ShapesOnly Keys(string list) => ShapesOnly.Read((Checkout.Shared("checkpoints", "keys", list + ".tsv"), ""));
}
