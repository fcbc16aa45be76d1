using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Mcdm.Layers;
using Mcdm.Layers.Kernels;
using Mcdm.Runtime;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Networks;

/// <summary>Loops of our own beside libtorch's operators. Where the processor has no AVX-512 both are libtorch's.</summary>
public sealed class KernelTests
{
    [Theory]
    [InlineData(1, 8, 256, 40, 256)]
    [InlineData(2, 4, 50, 6, 77)]
    [InlineData(3, 1, 1, 5, 1)]
    [InlineData(1, 2, 130, 160, 300)]
    public void Attention_is_what_the_operators_give(int batch, int heads, int queries, int width, int keys)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        Tensor Draw(int length) => randn(batch, length, heads * width);
        // Queries that look at single keys, so that what counts changes from key to key.
        var (query, key, value) = (Draw(queries) * 5, Draw(keys), Draw(keys));
        Tensor Split(Tensor x) => x.reshape(batch, -1, heads, width).transpose(1, 2);
        var expected = nn.functional.scaled_dot_product_attention(Split(query), Split(key), Split(value)).transpose(1, 2).reshape(query.shape);
        Near(expected, ScaledDotProduct.Attend(query, key, value, heads), 1e-5);
        // A part of a wider tensor, as projections give them.
        var joined = cat([query, query], -1);
        Near(expected, ScaledDotProduct.Attend(joined.chunk(2, -1)[1], key, value, heads), 1e-5);
        // The last picture of a batch, and one that all look at.
        long last = batch - 1;
        Near(expected.narrow(0, last, 1), ScaledDotProduct.Attend(query.narrow(0, last, 1), key.narrow(0, last, 1), value.narrow(0, last, 1), heads), 1e-5);
        var (oneKey, oneValue) = (key.narrow(0, 0, 1), value.narrow(0, 0, 1));
        Near(ScaledDotProduct.Attend(query, oneKey.expand_as(key), oneValue.expand_as(value), heads), ScaledDotProduct.Attend(query, oneKey, oneValue, heads), 1e-5);
    }

    [Theory]
    [InlineData(3, 100, 8)]
    [InlineData(70, 64, 1)]
    [InlineData(2, 77, 0.1)]
    [InlineData(1, 5, 1)]
    public void Softmax_of_bfloat16_is_rounded_once(int rows, int keys, double spread)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var scores = (randn(2, rows, keys) * spread).bfloat16();
        if (!Softmax.Takes(scores)) { return; }
        var expected = nn.functional.softmax(scores.@float(), -1);
        Softmax.OverLast(scores);
        Near(expected, scores.@float(), 1.0 / 256);
        Assert.True((scores.@float() - expected.bfloat16().@float()).ne(0).@float().mean().ToDouble() < 0.01);
    }

    [Fact]
    public void Exponentials_are_right_to_the_last_place()
    {
        if (!Avx512F.IsSupported) { return; }
        for (float x = 0; x > -87; x -= 0.0137f)
        {
            double exact = Math.Exp(x);
            Assert.InRange(Math.Abs(Lanes.Exp(Vector512.Create(x))[0] / exact - 1), 0, MathF.BitIncrement(1) - 1);
        }
        Assert.Equal(0, Lanes.Exp(Vector512.Create(float.MinValue))[3]);
        Assert.Equal(1, Lanes.Exp(Vector512<float>.Zero)[3]);
    }

    [Fact]
    public void Each_part_is_done_once()
    {
        if (!ComputeThreads.AreReachable) { return; }
        foreach (int parts in new[] { 0, 1, 1000 })
        {
            int[] done = new int[parts];
            ComputeThreads.ForEach(parts, part => Interlocked.Increment(ref done[part]));
            Assert.All(done, times => Assert.Equal(1, times));
        }
    }

    [Fact]
    public void What_is_differentiated_is_left_to_libtorch()
    {
        using var scope = NewDisposeScope();
        var query = randn([1, 20, 8], requires_grad: true);
        ScaledDotProduct.Attend(query, randn(1, 20, 8), randn(1, 20, 8), 2).sum().backward();
        Assert.NotNull(query.grad);
    }

    private static void Near(Tensor expected, Tensor actual, double most)
    {
        Assert.Equal(expected.shape, actual.shape);
        Assert.InRange((actual - expected).abs().max().ToDouble() / expected.abs().max().ToDouble(), 0, most);
    }
}
