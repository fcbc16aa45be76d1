using Mcdm.Diffusion.Process;
using Mcdm.Experts;
using Mcdm.Families.Own.Experts;
using Mcdm.Families.Own.Networks;
using Mcdm.Families.Own.Packed;
using Mcdm.Runtime;
using Mcdm.Weights;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Networks;

/// <summary>The packed form of a network predicts what the network does. In bfloat16 there is none elsewhere than on processors that have it, which is all there is to see there.</summary>
public sealed class PackedUNetTests
{
    private static readonly UNetOptions s_plain = new() { Channels = [8, 16], Blocks = [1, 2], AttentionLevels = [1], HeadChannels = 8 };
    private static readonly TextEncoderOptions s_text = new() { VocabularySize = 20, MaxTokens = 6, Channels = 16, Layers = 1, Heads = 2 };

    private static UNetOptions Shape(string name) => name switch
    {
        "map" => s_plain with { ConditionChannels = 2 },
        "text" => s_plain with { Text = s_text },
        "text at each level" => s_plain with { Text = s_text, AttentionLevels = [0, 1] },
        "text at a finer level too" => s_plain with { Text = s_text, CrossAttentionLevels = [0, 1] },
        "text at a finer level alone" => s_plain with { Text = s_text, CrossAttentionLevels = [0] },
        "three levels, pixels" => s_plain with { Channels = [16, 32, 48], Blocks = [2, 1, 1], AttentionLevels = [2], PatchSize = 1, ConditionChannels = 1 },
        "latents" => s_plain with { ImageChannels = 8, PatchSize = 1, MapFactor = 4, ConditionChannels = 3 },
        _ => s_plain,
    };

    private static UNet Network(UNetOptions options, ScalarType precision)
    {
        var network = UNet.Create(options, seed: 3);
        UNetTests.Stir(network);
        network.to(precision);
        network.eval();
        foreach (var parameter in network.parameters()) { parameter.requires_grad_(false); }
        return network;
    }

    private static Tensor Sentences(long batch) =>
        tensor(Enumerable.Range(0, (int)batch).SelectMany(row => new long[] { 3 + row, 7, 5, 0 }).ToArray(), [batch, 4]);

    public static TheoryData<string, ScalarType> ShapesAndPrecisions
    {
        get
        {
            TheoryData<string, ScalarType> data = [];
            foreach (string shape in (string[])["unconditional", "map", "text", "text at each level", "text at a finer level too", "text at a finer level alone", "three levels, pixels", "latents"])
            {
                data.Add(shape, ScalarType.BFloat16);
                data.Add(shape, ScalarType.Float32);
            }
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(ShapesAndPrecisions))]
    public void It_predicts_what_the_network_does(string shape, ScalarType precision)
    {
        var options = Shape(shape);
        using var exact = Network(options, ScalarType.Float32);
        using var network = Network(options, precision);
        using var packed = PackedUNet.TryCreate(network, options);
        Assert.Equal(Processor.HasAvx2 && (precision == ScalarType.Float32 || Processor.HasBFloat16), packed is not null);
        if (packed is null) { return; }
        IDenoiser whole = new PlainUNet(exact), plain = new PlainUNet(network);
        using var noGradient = no_grad();
        // One condition for all pictures, one for each; another size than the weights were packed for, and one that is no square.
        foreach (var (pictures, conditions, height, width) in new[] { (1, 1, 16, 16), (3, 1, 16, 16), (3, 3, 16, 16), (2, 1, 24, 8) })
        {
            using var scope = NewDisposeScope();
            using var generator = new Generator(4);
            var z = randn([pictures, options.ImageChannels, height, width], generator: generator);
            var condition = options.Text is not null ? Sentences(conditions)
                : options.ConditionChannels > 0 ? rand([conditions, options.ConditionChannels, height * options.MapFactor, width * options.MapFactor], generator: generator) : null;
            UNetInputs Of(Tensor tensor) => options.Text is not null ? new() { Tokens = tensor } : new() { Map = tensor };
            var read = condition is null ? null
                : ExpertInputs.Join(Enumerable.Range(0, conditions).Select(row => packed.Prepare(Of(condition.narrow(0, row, 1)))).ToList());
            var raw = condition is null ? null : Of(condition);
            var expected = whole.Predict(z, At(500), raw);
            double Error(Tensor prediction) => (prediction - expected).square().mean().sqrt().item<float>() / expected.square().mean().sqrt().item<float>();
            double its = Error(packed.Predict(z, At(500), read)), networks = Error(plain.Predict(z, At(500), raw));
            Assert.Equal(z.shape, packed.Predict(z, At(500), read).shape);
            if (precision == ScalarType.Float32)
            {
                Assert.InRange(its, 0, 2e-6);
                continue;
            }
            Assert.InRange(networks, 1e-4, 0.05);
            // Both round, at other places; networks of so few channels leave it to chance which comes out nearer.
            Assert.True(its < 2.5 * networks, $"{shape}: {its} is farther from float32 than the network's own {networks}");
        }
    }

    private static NoiseLevel At(int t) => new(t, Math.Sqrt(0.5), Math.Sqrt(0.5));

    [Theory]
    [InlineData(ScalarType.BFloat16)]
    [InlineData(ScalarType.Float32)]
    public void A_sentence_makes_the_same_alone_as_beside_others(ScalarType precision)
    {
        var options = Shape("text");
        using var network = Network(options, precision);
        if (PackedUNet.TryCreate(network, options) is not { } packed) { return; }
        using var noGradient = no_grad();
        var z = randn(3, 3, 16, 16);
        var read = Enumerable.Range(0, 3).Select(row => packed.Prepare(new UNetInputs { Tokens = Sentences(3).narrow(0, row, 1) })).ToList();
        var together = packed.Predict(z, At(300), ExpertInputs.Join(read));
        var alone = cat(Enumerable.Range(0, 3).Select(row => packed.Predict(z.narrow(0, row, 1), At(300), read[row])).ToArray());
        // How many rows are multiplied at a time changes float32's rounding, as it does layer by layer.
        Assert.InRange((alone - together).abs().max().item<float>(), 0, precision == ScalarType.Float32 ? 1e-5 : 0);
        packed.Dispose();
    }

    [Theory]
    [InlineData(ScalarType.BFloat16)]
    [InlineData(ScalarType.Float32)]
    public void Each_level_has_its_own_modulation(ScalarType precision)
    {
        using var network = Network(s_plain, precision);
        if (PackedUNet.TryCreate(network, s_plain) is not { } packed) { return; }
        using var noGradient = no_grad();
        var z = randn(1, 3, 16, 16);
        float[] Predicted(int t) => packed.Predict(z, At(t), null).data<float>().ToArray();
        float[] first = Predicted(900);
        Assert.NotEqual(first, Predicted(10));
        Assert.Equal(first, Predicted(900));
        packed.Dispose();
    }

    [Theory]
    [InlineData(ScalarType.BFloat16)]
    [InlineData(ScalarType.Float32)]
    public void Weights_that_were_packed_come_back_as_they_were(ScalarType precision)
    {
        using var network = Network(s_plain, precision);
        if (PackedUNet.TryCreate(network, s_plain) is not { } packed) { return; }
        using var noGradient = no_grad();
        List<(string Name, long[] Shape, long[] Strides, float[] Values)> Weights() =>
            ModuleWeights.Of(network).Select(weight => (weight.Name, weight.Tensor.shape, weight.Tensor.stride(), weight.Tensor.to(ScalarType.Float32).data<float>().ToArray())).ToList();
        var before = Weights();
        var z = randn(2, 3, 16, 16);
        float[] prediction = packed.Predict(z, At(5), null).data<float>().ToArray();
        packed.ReleasePacked();
        Assert.Contains(ModuleWeights.Of(network), weight => weight.Tensor.numel() == 0);
        Assert.Equal(prediction, packed.Predict(z, At(5), null).data<float>().ToArray());
        packed.Restore();
        Assert.Equivalent(before, Weights(), strict: true);
        packed.Dispose();
    }

    [Fact]
    public void Other_arithmetic_has_the_network_itself()
    {
        using var network = Network(s_plain, ScalarType.Float16);
        Assert.Null(PackedUNet.TryCreate(network, s_plain));
        Assert.Equal("the arithmetic is float16", PackedUNet.Obstacle(network));
    }
}
