using Mcdm.Families.Own.Networks;
using Mcdm.Layers;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Networks;

public sealed class UNetTests
{
    private static readonly UNetOptions Plain = new() { Channels = [8, 16], Blocks = [1, 2], AttentionLevels = [1], HeadChannels = 8 };
    private static readonly UNetOptions Text = Plain with { Text = new TextEncoderOptions { VocabularySize = 30, MaxTokens = 10, Channels = 16, Layers = 2, Heads = 2 } };
    private static readonly UNetOptions Map = Plain with { ConditionChannels = 2 };

    /// <summary>Layers that start at zero hide what is behind them; this gives every weight a value.</summary>
    internal static void Stir(nn.Module network)
    {
        using var noGradient = no_grad();
        using var generator = new Generator(77);
        foreach (var parameter in network.parameters())
        {
            using var noise = randn(parameter.shape, generator: generator);
            parameter.add_(noise, 0.1);
        }
    }

    private static UNet Stirred(UNetOptions options)
    {
        var network = UNet.Create(options, seed: 1);
        Stir(network);
        network.eval();
        foreach (var parameter in network.parameters()) { parameter.requires_grad_(false); }
        return network;
    }

    private static Tensor Z(int batch = 2, int size = 8, int channels = 3)
    {
        using var generator = new Generator(5);
        return randn([batch, channels, size, size], generator: generator);
    }

    private static Tensor Times(params long[] t) => tensor(t);

    private static double Difference(Tensor a, Tensor b) => (a - b).abs().max().ToDouble();

    public static TheoryData<string> Kinds => ["plain", "text", "map"];

    private static (UNetOptions Options, Tensor? Condition) Kind(string name) => name switch
    {
        "plain" => (Plain, null),
        "text" => (Text, tensor(new long[] { 2, 7, 9, 3 }).unsqueeze(0)),
        _ => (Map, Z(1, channels: 2)),
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_new_network_has_finite_weights_and_predicts_zero(string kind)
    {
        var (options, condition) = Kind(kind);
        using var network = UNet.Create(options);
        Assert.All(network.named_parameters(), p => Assert.True(p.parameter.isfinite().all().ToBoolean(), p.name));
        var prediction = network.Predict(Z(), Times(1, 900), condition);
        Assert.Equal([2, 3, 8, 8], prediction.shape);
        Assert.Equal(0, prediction.abs().max().ToDouble());
    }

    [Fact]
    public void A_seed_makes_the_same_weights()
    {
        float[] Weights(long seed)
        {
            using var network = UNet.Create(Text, seed);
            return network.parameters().SelectMany(parameter => parameter.contiguous().data<float>().ToArray()).ToArray();
        }
        Assert.Equal(Weights(3), Weights(3));
        Assert.NotEqual(Weights(3), Weights(4));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_picture_is_predicted_alone_as_in_a_batch(string kind)
    {
        var (options, condition) = Kind(kind);
        using var network = Stirred(options);
        var z = Z(3);
        var together = network.Predict(z, Times(10, 500, 990), condition);
        Assert.True(together.std().ToDouble() > 0.1);
        foreach (var (t, k) in new[] { (10L, 0), (500L, 1), (990L, 2) })
        {
            Assert.InRange(Difference(network.Predict(z[k].unsqueeze(0), Times(t), condition)[0], together[k]), 0, 2e-5);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_noise_level_matters(string kind)
    {
        var (options, condition) = Kind(kind);
        using var network = Stirred(options);
        Assert.True(Difference(network.Predict(Z(), Times(100, 100), condition), network.Predict(Z(), Times(120, 120), condition)) > 1e-3);
    }

    [Fact]
    public void The_sentence_matters_and_its_padding_does_not()
    {
        using var network = Stirred(Text);
        Tensor Predict(params long[] tokens) => network.Predict(Z(), Times(100, 100), tensor(tokens).unsqueeze(0));
        Assert.InRange(Difference(Predict(2, 7, 9, 3), Predict(2, 7, 9, 3, 0, 0, 0)), 0, 1e-5);
        Assert.True(Difference(Predict(2, 7, 9, 3), Predict(2, 8, 9, 3)) > 1e-3);
        Assert.True(Difference(Predict(2, 7, 9, 3), Predict(2, 9, 7, 3)) > 1e-3, "word order counts");
    }

    [Fact]
    public void One_pixel_of_the_map_matters()
    {
        using var network = Stirred(Map);
        var map = zeros(1, 2, 8, 8);
        var changed = map.clone();
        changed[0, 1, 3, 4] = 1;
        Assert.True(Difference(network.Predict(Z(), Times(100, 100), map), network.Predict(Z(), Times(100, 100), changed)) > 1e-3);
    }

    [Fact]
    public void A_map_with_the_pictures_own_weights_adds_to_the_picture()
    {
        using var network = Stirred(Map with { ConditionChannels = 3 });
        var weights = network.named_parameters().ToDictionary(p => p.name, p => p.parameter);
        using (no_grad())
        {
            weights["_condition.weight"].copy_(weights["_stem.weight"]);
            weights["_condition.bias"].zero_();
        }
        var z = Z(1);
        var map = 0.3 * z.flip(3);
        Assert.InRange(Difference(network.Predict(z, Times(7), map), network.Predict(z + map, Times(7), zeros_like(z))), 0, 1e-4);
    }

    [Theory]
    [InlineData(8)]
    [InlineData(16)]
    [InlineData(32)]
    public void Any_size_that_halves_often_enough_will_do(int size)
    {
        using var network = Stirred(Plain);
        Assert.Equal([2, 3, size, size], network.Predict(Z(2, size), Times(1, 2), null).shape);
    }

    [Fact]
    public void Bfloat16_says_about_the_same()
    {
        using var network = Stirred(Plain);
        var exact = network.Predict(Z(), Times(10, 500), null);
        network.to(ScalarType.BFloat16);
        Assert.Equal(ScalarType.BFloat16, network.Precision);
        var rounded = network.Predict(Z(), Times(10, 500), null).to(ScalarType.Float32);
        Assert.InRange((exact - rounded).pow(2).mean().sqrt().ToDouble() / exact.std().ToDouble(), 0, 0.05);
    }

    [Theory]
    [InlineData(15, 5)]
    [InlineData(14, 4)]
    [InlineData(112, 32)]
    [InlineData(8, 32)]
    public void Heads_share_any_number_of_channels(int channels, int headChannels)
    {
        using var attention = new Attention(channels, null, headChannels);
        Stir(attention);
        Assert.Equal([1, channels, 4, 4], attention.forward(ones(1, channels, 4, 4)).shape);
    }

    [Fact]
    public void Attention_is_the_softmax_of_scaled_products()
    {
        const int channels = 6, tokens = 5, context = 4;
        using var attention = new Attention(channels, context, headChannels: 3);
        Stir(attention);
        using var noGradient = no_grad();
        using var generator = new Generator(9);
        var x = randn([2, channels, 2, 2], generator: generator);
        var words = randn([2, tokens, context], generator: generator);
        var mask = tensor(new[] { true, true, true, false, false, true, true, true, true, true }).reshape(2, 1, 1, tokens);

        var weights = attention.named_parameters().ToDictionary(p => p.name.TrimStart('_'), p => (Tensor)p.parameter);
        var positions = x.permute(0, 2, 3, 1).reshape(2, 4, channels);
        var centred = positions - positions.mean([-1], keepdim: true);
        var normal = centred / (centred.pow(2).mean([-1], keepdim: true) + 1e-5).sqrt() * weights["norm.weight"] + weights["norm.bias"];
        var query = normal.matmul(weights["query.weight"].t());
        var keyValue = words.matmul(weights["keyValue.weight"].t());
        var attended = new List<Tensor>();
        for (int head = 0; head < 2; head++)
        {
            Tensor Part(Tensor y, long from) => y.narrow(2, from + 3 * head, 3);
            var scores = Part(query, 0).matmul(Part(keyValue, 0).transpose(1, 2)) / Math.Sqrt(3);
            scores = scores.masked_fill(mask.squeeze(1).logical_not(), double.NegativeInfinity);
            attended.Add(nn.functional.softmax(scores, -1).matmul(Part(keyValue, channels)));
        }
        var expected = x + (cat(attended.ToArray(), 2).matmul(weights["output.weight"].t()) + weights["output.bias"]).reshape(2, 2, 2, channels).permute(0, 3, 1, 2);
        Assert.InRange(Difference(expected, attention.forward(x, words, mask)), 0, 1e-5);
    }

    [Fact]
    public void Time_is_embedded_in_sinusoids()
    {
        // Identity layers leave of the perceptron its non-linearity alone: silu of the sinusoids.
        using var embedding = new TimeEmbedding(8, 8);
        using var noGradient = no_grad();
        foreach (var (name, parameter) in embedding.named_parameters())
        {
            if (name.EndsWith("weight", StringComparison.Ordinal)) { parameter.copy_(eye(8)); } else { parameter.zero_(); }
        }
        double[] angles = Enumerable.Range(0, 4).Select(i => 37 * Math.Pow(10_000, -i / 4.0)).ToArray();
        double Silu(double x) => x / (1 + Math.Exp(-x));
        var actual = embedding.forward(Times(37))[0].data<float>().ToArray();
        var expected = angles.Select(Math.Cos).Concat(angles.Select(Math.Sin)).Select(Silu);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
    }

    [Fact]
    public void A_residual_block_starts_as_the_identity_and_listens_to_the_time()
    {
        using var block = new ResidualBlock(4, 6);
        using var noGradient = no_grad();
        var x = Z(1, channels: 4);
        Assert.Equal(0, Difference(block.forward(x, ones(1, 6)), x));
        Stir(block);
        Assert.True(Difference(block.forward(x, ones(1, 6)), block.forward(x, zeros(1, 6))) > 1e-3);
    }

    /// <summary>Both sides of the border: 256² scores are the most that are written out.</summary>
    [Theory]
    [InlineData(64, 64, false)]
    [InlineData(64, 12, true)]
    [InlineData(256, 256, true)]
    [InlineData(272, 256, true)]
    public void Attention_is_the_same_written_out_and_fused_with_its_gradients(int positions, int tokens, bool masked)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(5);
        Tensor Draw(int length) => randn([2, 3, length, 16], generator: generator);
        var (query, key, value, weight) = (Draw(positions), Draw(tokens), Draw(tokens), Draw(positions));
        var mask = masked ? (arange(tokens) < tensor(new[] { 5, tokens }).reshape(2, 1, 1, 1)) : null;
        (Tensor Out, Tensor[] Gradients) Run(Func<Tensor, Tensor, Tensor, Tensor> attend)
        {
            Tensor[] inputs = [.. new[] { query, key, value }.Select(x => x.clone().requires_grad_())];
            var result = attend(inputs[0], inputs[1], inputs[2]);
            (result * weight).sum().backward();
            return (result, [.. inputs.Select(x => x.grad!)]);
        }
        var ours = Run((q, k, v) => ScaledDotProduct.WrittenOut(q, k, v, mask));
        var fused = Run((q, k, v) => nn.functional.scaled_dot_product_attention(q, k, v, mask));
        foreach (var (mine, theirs) in ours.Gradients.Zip(fused.Gradients).Prepend((ours.Out, fused.Out)))
        {
            Assert.True(mine.allclose(theirs, rtol: 1e-4, atol: 1e-5), $"{(mine - theirs).abs().max().ToSingle()}");
        }
    }
}
