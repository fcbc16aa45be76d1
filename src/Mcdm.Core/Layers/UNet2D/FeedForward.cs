using Mcdm.Layers.Frozen;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Mcdm.Layers.UNet2D;

/// <summary>A perceptron whose hidden layer is gated, value · gelu(gate) (GEGLU: Shazeer 2020), four times as wide as its input.</summary>
internal sealed class FeedForward(FrozenWeights weights, long channels)
{
    private readonly Linear _project = weights.Linear("net.0.proj", channels, 8 * channels), _output = weights.Linear("net.2", 4 * channels, channels);

    /// <param name="x">[batch, tokens, channels]</param>
    public Tensor Forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var valueAndGate = _project.Forward(x).chunk(2, -1);
        return _output.Forward(valueAndGate[0] * functional.gelu(valueAndGate[1])).MoveToOuterDisposeScope();
    }
}
