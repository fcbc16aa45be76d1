using Mcdm.Layers;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Mcdm.Families.Own.Networks;

/// <summary>Sinusoidal embedding of the time step (Ho et al. 2020, after Vaswani et al. 2017), then a two-layer perceptron.</summary>
internal sealed class TimeEmbedding : nn.Module<Tensor, Tensor>
{
    private readonly int _sinusoids;
    private readonly Linear _hidden, _output;

    public TimeEmbedding(int sinusoids, int channels) : base(nameof(TimeEmbedding))
    {
        _sinusoids = sinusoids;
        _hidden = nn.Linear(sinusoids, channels);
        _output = nn.Linear(channels, channels);
        RegisterComponents();
    }

    /// <param name="t">Time steps, [batch].</param>
    /// <returns>[batch, channels]</returns>
    public override Tensor forward(Tensor t)
    {
        using var scope = NewDisposeScope();
        var sinusoids = Sinusoids.Of(t, _sinusoids, cosinesFirst: true, frequencyShift: 0, t.device, roundsDistance: true);
        return _output.forward(nn.functional.silu(_hidden.forward(sinusoids.to(_hidden.weight.dtype)))).MoveToOuterDisposeScope();
    }
}
