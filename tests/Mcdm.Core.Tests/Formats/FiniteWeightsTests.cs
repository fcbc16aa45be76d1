using Mcdm.Weights;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Formats;

/// <summary>What is no number in weights is found in every precision, wherever it is; what is merely large is not.</summary>
public sealed class FiniteWeightsTests
{
    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.Float64)]
    [InlineData(ScalarType.BFloat16)]
    [InlineData(ScalarType.Float16)]
    public void Not_a_number_is_found_wherever_it_is(ScalarType type)
    {
        using var scope = NewDisposeScope();
        foreach (double value in new[] { double.NaN, double.PositiveInfinity, double.NegativeInfinity })
        {
            foreach (long place in new long[] { 0, 3, 40, 66 })
            {
                var weights = full(67, 60_000, type);
                FiniteWeights.Require("x", "y", weights);
                weights[place] = value;
                var error = Assert.Throws<McdmException>(() => FiniteWeights.Require("file", "tensor", weights));
                Assert.Equal("WeightsNotFinite", error.Id);
                Assert.Contains("'tensor' of 'file' holds 1 number", error.Message, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void Nothing_at_all_is_finite() => FiniteWeights.Require("x", "y", empty(0, ScalarType.BFloat16));
}
