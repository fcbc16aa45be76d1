using Mcdm.Networks.Frozen;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Mcdm.Networks.Diffusers;

/// <summary>Sines and cosines of the time step (Ho et al. 2020, after Vaswani et al. 2017), then a perceptron of two layers.</summary>
internal sealed class TimestepEmbedding(FrozenWeights weights, UNetShape shape)
{
    private const double MaxPeriod = 10_000;

    private readonly Linear _linear1 = weights.Linear("linear_1", shape.Channels[0], shape.FullTimeChannels), _linear2 = weights.Linear("linear_2", shape.FullTimeChannels, shape.FullTimeChannels);

    /// <param name="t">Time steps 0…T−1, which may lie between whole ones, [batch].</param>
    /// <returns>The embedding after the non-linearity that every residual block begins with, [batch, time channels].</returns>
    public Tensor Forward(Tensor t)
    {
        using var scope = NewDisposeScope();
        long half = shape.Channels[0] / 2;
        // In this order of operations, as angles of a thousand radians show the rounding of a frequency.
        var exponents = arange(half, dtype: ScalarType.Float32, device: weights.Device) * -Math.Log(MaxPeriod) / (half - shape.FrequencyShift);
        var angles = t.to(ScalarType.Float32).unsqueeze(1) * exp(exponents).unsqueeze(0);
        var sinusoids = cat(shape.FlipSinToCos ? [cos(angles), sin(angles)] : [sin(angles), cos(angles)], 1);
        if (shape.Channels[0] % 2 == 1) { sinusoids = functional.pad(sinusoids, [0, 1]); }
        return functional.silu(_linear2.Forward(functional.silu(_linear1.Forward(sinusoids.to(weights.Type))))).MoveToOuterDisposeScope();
    }
}
