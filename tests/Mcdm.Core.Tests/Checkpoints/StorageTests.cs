using Mcdm.Core.Tests.Prompts;
using Mcdm.Experts;
using Mcdm.Families;
using Mcdm.Imaging;
using Mcdm.Layers.Frozen;
using Mcdm.Modalities;
using Mcdm.Registries;
using Mcdm.Sampling;
using Mcdm.Weights.Reading;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Checkpoints;

/// <summary>Weights in 8 bits: -Storage Int8.</summary>
public sealed class StorageTests
{
    private static readonly ImportOptions s_int8 = new() { Storage = WeightStorage.Int8 };

    [Fact]
    public void A_row_is_rounded_to_a_127th_of_its_largest_number()
    {
        using var scope = NewDisposeScope();
        var values = cat([randn(3, 4, 3, 3) * tensor(new[] { 1f, 100, 1e-3f }).reshape(3, 1, 1, 1), zeros(1, 4, 3, 3)], 0);
        using var stored = new Int8Tensor(values);
        var error = (stored.Value() - values).abs().flatten(1).amax([1]);
        Assert.True(error.le(values.abs().flatten(1).amax([1]) / 127 * 0.501).all().item<bool>());
        Assert.Equal(values.shape, stored.Shape);
        Assert.Equal(values.numel() + 4 * sizeof(float), stored.Bytes);
    }

    [Fact]
    public void Layers_take_a_quarter_and_give_nearly_the_same()
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        using var file = NetworkWeights.Open(Path.Combine(TinyPrompts.Golden("sd1-tiny"), "unet"));
        using FrozenWeights plain = new(file, CPU, ScalarType.Float32), stored = new(file, CPU, ScalarType.Float32, WeightStorage.Int8);
        Assert.Throws<McdmException>(() => stored.RequireAllTaken());
        foreach (var weights in new[] { plain, stored }) { _ = weights.Convolution("conv_in", 4, 8, 3); }
        Assert.InRange((double)stored.Bytes / plain.Bytes, 0.25, 0.35);
        Assert.Equal(plain.Parameters, stored.Parameters);
        var x = randn(1, 4, 8, 8);
        Tensor expected = plain.Convolution("conv_in", 4, 8, 3).Forward(x), actual = stored.Convolution("conv_in", 4, 8, 3).Forward(x);
        double error = ((actual - expected).square().mean() / expected.square().mean()).sqrt().ToDouble();
        Assert.InRange(error, 1e-5, 0.01);
    }

    [Fact]
    public void A_model_of_others_makes_nearly_the_same_picture_and_its_weights_count_as_others()
    {
        using Model plain = TinyPrompts.Import(), stored = TinyPrompts.Import(s_int8);
        Assert.NotEqual(plain.Hash, stored.Hash);
        Assert.Equal(plain.Parameters, stored.Parameters);
        Picture one = Made(plain), other = Made(stored);
        double mean = one.GetRgba().Zip(other.GetRgba()).Average(pair => Math.Pow(pair.First - pair.Second, 2));
        Assert.InRange(10 * Math.Log10(255 * 255 / mean), 25, 80);

        static Picture Made(Model model) => new ImageGenerator(model).Generate(new GenerationRequest
        {
            Conditions = [Condition.FromText("a fox", 3)], Seed = 3, Sampling = model.Sampling! with { Steps = 4 },
        }).Single().Picture;
    }

    [Fact]
    public void A_model_of_Mcdms_own_is_refused_with_another_way()
    {
        var error = Assert.Throws<McdmException>(() => ModelReader.Read([Path.Combine(Checkout.Folder, "module", "models", "Fashion")], s_int8, CPU, ScalarType.Float32));
        Assert.Equal("StorageNotOfModel", error.Id);
        Assert.Contains("BFloat16", error.Message, StringComparison.Ordinal);
    }
}
