using Mcdm.Layers.Frozen;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Mcdm.Layers.UNet2D;

/// <summary>
/// Sines and cosines of the time step (Ho et al. 2020, after Vaswani et al. 2017), then a perceptron of two layers. A network that was distilled under
/// guidance reads that too (Meng et al. 2023, section 3; Luo et al. 2023).
/// </summary>
internal sealed class TimestepEmbedding(FrozenWeights weights, UNetShape shape)
{
    private readonly Linear _linear1 = weights.Linear("linear_1", shape.BlockOutChannels[0], shape.TimeChannels);
    private readonly Linear? _guidance = shape.GuidanceChannels is { } channels
        ? weights.Linear("cond_proj", channels, shape.BlockOutChannels[0], bias: false) : null;
    private readonly Linear _linear2 = weights.Linear("linear_2", shape.TimeChannels, shape.TimeChannels);

    /// <param name="t">Time steps 0…T−1, which may lie between whole ones, [batch].</param>
    /// <param name="guidance">The guidance that the network acts under, [batch] or [1]; null for 1, no guidance. Read by some networks alone.</param>
    /// <param name="added">What is added before the non-linearity, [batch or 1, time channels]; null for nothing.</param>
    /// <returns>The embedding after the non-linearity that every residual block begins with, [batch, time channels].</returns>
    public Tensor Forward(Tensor t, Tensor? guidance = null, Tensor? added = null)
    {
        using var scope = NewDisposeScope();
        var sinusoids = Sinusoids.Of(t, shape.BlockOutChannels[0], shape.FlipSinToCos, shape.FreqShift, weights.Device);
        var x = sinusoids.to(weights.Type);
        if (_guidance is not null) { x = x + _guidance.Forward(OfGuidance(guidance ?? ones(1, device: weights.Device)).to(weights.Type)); }
        var embedding = _linear2.Forward(functional.silu(_linear1.Forward(x)));
        return functional.silu(added is null ? embedding : embedding + added).MoveToOuterDisposeScope();
    }

    /// <summary>Sinusoids of 1000 (w − 1), sines first, float32 [batch or 1, guidance channels].</summary>
    /// <param name="guidance">w.</param>
    internal Tensor OfGuidance(Tensor guidance) =>
        Sinusoids.Of((guidance - 1) * 1000, shape.GuidanceChannels!.Value, cosinesFirst: false, frequencyShift: 1, weights.Device, roundsDistance: true);
}
