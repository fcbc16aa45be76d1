using Mcdm.Core.Tests.Checkpoints;
using Mcdm.Layers;
using Mcdm.Layers.Frozen;
using Mcdm.Runtime;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Networks;

/// <summary>Layers on packed weights beside libtorch's own on plain ones.</summary>
public sealed class PackedLayerTests
{
    private const long Input = 12, Output = 20;

    [Theory]
    [InlineData(3, 1, 1, true)]
    [InlineData(3, 2, 1, true)]
    [InlineData(3, 2, 0, true)]
    [InlineData(1, 1, 0, true)]
    [InlineData(1, 1, 0, false)]
    [InlineData(1, 2, 0, true)]
    [InlineData(5, 1, 2, false)]
    public void A_convolution_is_the_same_whatever_pictures_came_before(int kernel, int stride, int padding, bool bias)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        using var made = Made([Output, Input, kernel, kernel], bias);
        using var weights = new FrozenWeights(made, CPU, ScalarType.Float32);
        var layer = weights.Convolution("layer", Input, Output, kernel, stride, padding, bias);
        foreach (var (rows, height, width) in new[] { (1, 8, 8), (3, 8, 8), (2, 7, 10), (1, 8, 8) })
        {
            var x = randn(rows, Input, height, width).ChannelsLast();
            var expected = nn.functional.conv2d(x, made.Read("layer.weight"), bias ? made.Read("layer.bias") : null, [stride, stride], [padding, padding]);
            Same(expected, layer.Forward(x));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_linear_layer_is_the_same_for_any_rows(bool bias)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        using var made = Made([Output, Input], bias);
        using var weights = new FrozenWeights(made, CPU, ScalarType.Float32);
        var layer = weights.Linear("layer", Input, Output, bias);
        foreach (long[] shape in new long[][] { [1, Input], [2, 77, Input], [3, 5, 4, Input] })
        {
            var x = randn(shape);
            Same(nn.functional.linear(x, made.Read("layer.weight"), bias ? made.Read("layer.bias") : null), layer.Forward(x));
        }
    }

    /// <summary>Nothing of an operator's padding is left in it, and it takes no more memory.</summary>
    [Fact]
    public void A_weight_comes_back_as_it_was()
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var weight = randn(Output, Input, 3, 3);
        using var packable = new PackableTensor(weight.clone().DetachFromDisposeScope());
        long bytes = packable.Bytes;
        foreach (PackedForm form in new PackedForm[] { new ConvolutionForm(1, 1, 8, 8), LinearForm.Any, new ConvolutionForm(1, 1, 16, 16) })
        {
            using var used = packable.In(form, packed => packed.alias());
            Assert.NotNull(used);
            Assert.True(packable.IsWidened);
            Assert.Equal(weight.shape, packable.Shape);
            Assert.Equal(bytes, packable.Bytes);
            Assert.True(packable.Value().equal(weight).all().item<bool>());
        }
    }

    /// <summary>A network and one of the same weights with changes are evaluated turn about.</summary>
    [Fact]
    public void Changes_act_on_a_weight_that_is_packed()
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        using var made = Made([Output, Input, 3, 3], bias: true);
        using var weights = new FrozenWeights(made, CPU, ScalarType.Float32);
        var beside = new LowRank(randn(2, Input * 9), randn(Output, 2), 0.5);
        var whole = new WholeDifference(randn(Output, Input, 3, 3), 0.5);
        var layers = new[] { [], new TensorChange[] { beside }, [whole] }.Select(changes =>
        {
            var all = new TensorChanges();
            foreach (var change in changes) { all.Add("layer.weight", change); }
            return (Changes: changes, Layer: weights.With(all).Convolution("layer", Input, Output, 3));
        }).ToList();
        var x = randn(1, Input, 8, 8).ChannelsLast();
        foreach (var (changes, layer) in layers.Concat(layers))
        {
            var weight = changes.Aggregate(made.Read("layer.weight"), (before, change) => change.Of(before));
            Same(nn.functional.conv2d(x, weight, made.Read("layer.bias"), padding: [1, 1]), layer.Forward(x));
        }
    }

    /// <summary>Threads that evaluate a network at two sizes at once.</summary>
    [Fact]
    public void Threads_may_use_a_layer_at_different_sizes()
    {
        using var noGradient = no_grad();
        using var made = Made([Output, Input, 3, 3], bias: true);
        using var weights = new FrozenWeights(made, CPU, ScalarType.Float32);
        var layer = weights.Convolution("layer", Input, Output, 3);
        Parallel.For(0, 32, i =>
        {
            using var still = no_grad();
            using var scope = NewDisposeScope();
            var x = randn(1, Input, 4 + i % 3, 6).ChannelsLast();
            Same(nn.functional.conv2d(x, made.Read("layer.weight"), made.Read("layer.bias"), padding: [1, 1]), layer.Forward(x));
        });
    }

    [Theory]
    [InlineData(2, 3, 40, 16, 40)]
    [InlineData(1, 2, 300, 8, 7000)]
    [InlineData(1, 1, 1600, 8, 1600)]
    public void Attention_in_slices_is_what_the_whole_gives(int batch, int heads, int queries, int width, int keys)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        Tensor Draw(int length) => randn(batch, length, heads, width).transpose(1, 2);
        var (query, key, value) = (Draw(queries), Draw(keys), Draw(keys));
        var expected = nn.functional.scaled_dot_product_attention(query, key, value);
        Same(expected, ScaledDotProduct.InSlices(query, key, value));
        if (!Processor.HasBFloat16) { return; }
        var (q, k, v) = (query.bfloat16(), key.bfloat16(), value.bfloat16());
        var fused = nn.functional.scaled_dot_product_attention(q, k, v).@float();
        Assert.InRange(Error(expected, ScaledDotProduct.InSlices(q, k, v).@float()), 1e-4, 3 * Error(expected, fused));
    }

    private static MadeWeights Made(long[] shape, bool bias)
    {
        var made = new MadeWeights { ["layer.weight"] = randn(shape) };
        if (bias) { made["layer.bias"] = randn(Output); }
        return made;
    }

    private static void Same(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.shape, actual.shape);
        Assert.InRange(Error(expected, actual), 0, 1e-5);
    }

    /// <summary>Relative to the rms.</summary>
    private static double Error(Tensor expected, Tensor actual) => ((actual - expected).square().mean() / expected.square().mean()).sqrt().ToDouble();
}
