using Mcdm.Diffusion.Samplers;
using static TorchSharp.torch;

namespace Mcdm.Diffusion.Composition;

/// <summary>Experts and a rule as one predictor, which any sampler runs on.</summary>
/// <param name="experts">Gives the experts' predictions.</param>
/// <param name="rule">Combines them.</param>
public sealed class ComposedPredictor(ExpertPredictor experts, ICompositionRule rule) : IDisposable
{
    /// <summary>Told of every prediction, before it is combined.</summary>
    public Action<int, Predictions>? Watch { get; init; }

    /// <summary>Whether a corrector will want to know how much the experts agree.</summary>
    public bool MeasuresAgreement { get; init; }

    /// <summary>ε_c at z_t.</summary>
    /// <param name="z">z_t, float32 [batch, channels, height, width].</param>
    /// <param name="t">Noise level, 1…T.</param>
    public NoisePrediction Predict(Tensor z, int t)
    {
        using var scope = NewDisposeScope();
        var predictions = experts(z, t);
        Watch?.Invoke(t, predictions);
        var composed = rule.Compose(z, t, predictions);
        return new NoisePrediction(composed.MoveToOuterDisposeScope(), MeasuresAgreement ? predictions.Agreement().MoveToOuterDisposeScope() : null);
    }

    /// <summary>Gives back what the rule keeps between steps.</summary>
    public void Dispose() => (rule as IDisposable)?.Dispose();
}
