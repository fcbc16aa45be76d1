using Mcdm.Core.Tests.Networks;
using Mcdm.Diffusion.Process;
using Mcdm.Diffusion.Schedules;
using Mcdm.Experts;
using Mcdm.Families.Own.Experts;
using Mcdm.Families.Own.Networks;
using Mcdm.Modalities;
using Mcdm.Modalities.Sketch;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Experts;

public sealed class ExpertTests
{
    private static readonly LatentSpace Space = new(3, 8, 8, new VariancePreserving(NoiseScheduleKind.Cosine, 20));
    private static readonly UNetOptions Options = new() { Channels = [8, 16], Blocks = [1, 1], AttentionLevels = [1], HeadChannels = 8 };

    private static TrainedExpert Make(PredictionKind prediction, LatentSpace? space = null, ConditionEncoder? encoder = null)
    {
        var network = UNet.Create(Options with { ConditionChannels = encoder is SketchEncoder ? 1 : 0 }, seed: 1);
        UNetTests.Stir(network);
        network.eval();
        return new TrainedExpert(network, Options, space ?? Space, prediction, encoder);
    }

    private static Tensor Z()
    {
        using var generator = new Generator(4);
        return randn([2, 3, 8, 8], generator: generator);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(20)]
    public void Velocity_becomes_noise_as_its_definition_says(int t)
    {
        // v = √ᾱ ε − √(1−ᾱ) z_0 and z = √ᾱ z_0 + √(1−ᾱ) ε: from v, the ε and the z_0 that give both back.
        using var expert = Make(PredictionKind.Velocity);
        using var noGradient = no_grad();
        var z = Z();
        var v = expert.Network.Predict(z, full([2], t, ScalarType.Int64), null);
        double alphaBar = Math.Pow(Space.Process.Level(t).Alpha, 2);
        var epsilon = expert.PredictNoise(z, t, null);
        var x0 = Math.Sqrt(alphaBar) * z - Math.Sqrt(1 - alphaBar) * v;
        Assert.True(v.std().ToDouble() > 0.1, "the network says something");
        Assert.InRange((Math.Sqrt(alphaBar) * epsilon - Math.Sqrt(1 - alphaBar) * x0 - v).abs().max().ToDouble(), 0, 1e-5);
        Assert.InRange((Math.Sqrt(alphaBar) * x0 + Math.Sqrt(1 - alphaBar) * epsilon - z).abs().max().ToDouble(), 0, 1e-5);
    }

    [Fact]
    public void Noise_is_the_networks_own_output()
    {
        using var expert = Make(PredictionKind.Noise);
        using var noGradient = no_grad();
        var z = Z();
        Assert.Equal(expert.Network.Predict(z, full([2], 5, ScalarType.Int64), null).data<float>().ToArray(), expert.PredictNoise(z, 5, null).data<float>().ToArray());
    }

    [Fact]
    public void The_unconditional_expert_takes_no_condition()
    {
        using var expert = Make(PredictionKind.Noise);
        var error = Assert.Throws<McdmException>(() => expert.Encode(Condition.FromText("hair")));
        Assert.Equal("ExpertIsUnconditional", error.Id);
        Assert.Contains("Text 'hair'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_conditional_expert_never_predicts_without_its_condition()
    {
        using var expert = Make(PredictionKind.Noise, encoder: new SketchEncoder(8, 8));
        Assert.Throws<ArgumentNullException>(() => expert.PredictNoise(Z(), 5, null));
    }

    [Fact]
    public void A_condition_for_one_serves_a_batch()
    {
        using var expert = Make(PredictionKind.Noise, encoder: new SketchEncoder(8, 8));
        using var noGradient = no_grad();
        using var condition = expert.Encode(TinyFaces.Conditions()[1]).Inputs;
        var z = Z();
        var together = expert.PredictNoise(z, 5, condition);
        for (int k = 0; k < 2; k++)
        {
            Assert.InRange((expert.PredictNoise(z[k].unsqueeze(0), 5, condition) - together[k]).abs().max().ToDouble(), 0, 1e-5);
        }
    }

    [Fact]
    public void Predicting_leaves_no_tensor_behind_but_its_result()
    {
        using var expert = Make(PredictionKind.Velocity, encoder: new SketchEncoder(8, 8));
        using var condition = expert.Encode(TinyFaces.Conditions()[1]).Inputs;
        using var noGradient = no_grad();
        using var z = Z();
        Assert.Equal(0, LiveTensors.LeftBy(() => expert.PredictNoise(z, 5, condition).Dispose()));
    }

    [Fact]
    public void A_model_holds_experts_of_one_space_and_names_both_where_they_differ()
    {
        using var first = Make(PredictionKind.Noise);
        using var other = Make(PredictionKind.Noise, Space with { Process = new VariancePreserving(NoiseScheduleKind.Cosine, 30) }, new SketchEncoder(8, 8));
        var error = Assert.Throws<McdmException>(() => new Model("both", [first, other]));
        Assert.Equal("SpaceMismatch", error.Id);
        Assert.Contains("unconditional expert works in 3×8×8, cosine schedule, T = 20", error.Message, StringComparison.Ordinal);
        Assert.Contains("sketch expert in 3×8×8, cosine schedule, T = 30", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_has_experts_one_of_each_kind_and_says_which_it_lacks()
    {
        Assert.Equal("ModelEmpty", Assert.Throws<McdmException>(() => new Model("none", [])).Id);
        using var expert = Make(PredictionKind.Noise);
        Assert.Equal("ModelExpertTwice", Assert.Throws<McdmException>(() => new Model("twice", [expert, expert])).Id);
        using var model = new Model("one", [expert]);
        var error = Assert.Throws<McdmException>(() => model.Expert(Modality.Segment));
        Assert.Equal("ExpertMissing", error.Id);
        Assert.Contains("'one' has no segment expert; there are: unconditional", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Disposing_twice_is_harmless()
    {
        var model = new Model("one", [Make(PredictionKind.Noise)]);
        model.Dispose();
        model.Dispose();
        Assert.True(model.IsDisposed);
    }
}
