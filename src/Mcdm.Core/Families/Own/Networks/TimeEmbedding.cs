using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Mcdm.Families.Own.Networks;

/// <summary>Sinusoidal embedding of the time step (Ho et al. 2020, after Vaswani et al. 2017), then a two-layer perceptron.</summary>
internal sealed class TimeEmbedding : nn.Module<Tensor, Tensor>
{
    private const double MaxPeriod = 10_000;
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
        int half = _sinusoids / 2;
        var frequencies = exp(arange(half, dtype: ScalarType.Float32, device: t.device) * (-Math.Log(MaxPeriod) / half));
        var angles = t.to(ScalarType.Float32).unsqueeze(1) * frequencies.unsqueeze(0);
        var sinusoids = cat([cos(angles), sin(angles)], 1).to(_hidden.weight.dtype);
        return _output.forward(nn.functional.silu(_hidden.forward(sinusoids))).MoveToOuterDisposeScope();
    }
}
