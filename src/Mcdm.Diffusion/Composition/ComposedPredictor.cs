using Mcdm.Diffusion.Process;
using Mcdm.Diffusion.Samplers;
using static TorchSharp.torch;

namespace Mcdm.Diffusion.Composition;

/// <summary>Experts and a rule as one predictor, which any sampler runs on.</summary>
/// <param name="experts">Gives the experts' predictions.</param>
/// <param name="rule">Combines them.</param>
public sealed class ComposedPredictor(ExpertPredictor experts, ICompositionRule rule) : IDisposable
{
    /// <summary>Told of every prediction and the z_t it is of, before it is combined.</summary>
    public Action<Tensor, NoiseLevel, Predictions>? Watch { get; init; }

    /// <summary>Whether a corrector will want to know how much the experts agree.</summary>
    public bool MeasuresAgreement { get; init; }

    /// <summary>ε_c at z_t, in the form in which the experts predict.</summary>
    /// <param name="z">z_t, float32 [batch, channels, height, width].</param>
    /// <param name="level">t, with α_t and σ_t.</param>
    public NoisePrediction Predict(Tensor z, NoiseLevel level)
    {
        using var scope = NewDisposeScope();
        var predictions = experts(z, level);
        Watch?.Invoke(z, level, predictions);
        var composed = rule.Compose(z, level, predictions);
        return new NoisePrediction(composed.MoveToOuterDisposeScope(),
            MeasuresAgreement ? Agreement(predictions, level).MoveToOuterDisposeScope() : null) { Kind = predictions.Kind };
    }

    /// <summary>How much the experts' ε agree.</summary>
    private static Tensor Agreement(Predictions predictions, NoiseLevel level) => predictions.Kind == PredictionKind.Noise ? predictions.Agreement()
        : predictions.Kind.SquaredNoisePer(level) * predictions.Agreement();

    /// <summary>Disposes what the rule keeps between steps.</summary>
    public void Dispose() => (rule as IDisposable)?.Dispose();
}
