using Mcdm.Layers.Frozen;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Mcdm.Layers.UNet2D;

/// <summary>Sines and cosines of the time step (Ho et al. 2020, after Vaswani et al. 2017), then a perceptron of two layers.</summary>
internal sealed class TimestepEmbedding(FrozenWeights weights, UNetShape shape)
{
    private readonly Linear _linear1 = weights.Linear("linear_1", shape.BlockOutChannels[0], shape.TimeChannels);
    private readonly Linear _linear2 = weights.Linear("linear_2", shape.TimeChannels, shape.TimeChannels);

    /// <param name="t">Time steps 0…T−1, which may lie between whole ones, [batch].</param>
    /// <param name="added">What is added before the non-linearity, [batch or 1, time channels]; null for nothing.</param>
    /// <returns>The embedding after the non-linearity that every residual block begins with, [batch, time channels].</returns>
    public Tensor Forward(Tensor t, Tensor? added = null)
    {
        using var scope = NewDisposeScope();
        var sinusoids = Sinusoids.Of(t, shape.BlockOutChannels[0], shape.FlipSinToCos, shape.FreqShift, weights.Device);
        var embedding = _linear2.Forward(functional.silu(_linear1.Forward(sinusoids.to(weights.Type))));
        return functional.silu(added is null ? embedding : embedding + added).MoveToOuterDisposeScope();
    }
}
