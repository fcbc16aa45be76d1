using Mcdm.Layers.Frozen;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Mcdm.Layers.UNet2D;

/// <summary>
/// A sentence and sizes as a part of the time embedding: sines and cosines of each size behind the sentence, then a perceptron of two layers.
/// </summary>
/// <param name="weights">Its weights.</param>
/// <param name="shape">The network's shape.</param>
/// <param name="input">Numbers that the perceptron reads.</param>
/// <param name="sizeChannels">Channels of each size's sines and cosines.</param>
internal sealed class TextTimeEmbedding(FrozenWeights weights, UNetShape shape, long input, long sizeChannels)
{
    private readonly Linear _linear1 = weights.Linear("linear_1", input, shape.TimeChannels);
    private readonly Linear _linear2 = weights.Linear("linear_2", shape.TimeChannels, shape.TimeChannels);

    /// <param name="told">The sentence and the sizes.</param>
    /// <returns>What is added to the time embedding, [batch or 1, time channels].</returns>
    public Tensor Forward(TextTime told)
    {
        using var scope = NewDisposeScope();
        var sizes = Sinusoids(told.Sizes);
        long rows = Math.Max(told.Pooled.shape[0], sizes.shape[0]);
        var all = cat([told.Pooled.to(weights.Device).expand(rows, -1), sizes.expand(rows, -1)], 1).to(weights.Type);
        return _linear2.Forward(functional.silu(_linear1.Forward(all))).MoveToOuterDisposeScope();
    }

    /// <summary>Sines and cosines of each size, [batch, sizes × channels].</summary>
    internal Tensor Sinusoids(Tensor sizes) =>
        Layers.Sinusoids.Of(sizes.flatten(), sizeChannels, shape.FlipSinToCos, shape.FreqShift, weights.Device).reshape(sizes.shape[0], -1);
}
