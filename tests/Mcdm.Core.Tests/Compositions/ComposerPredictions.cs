using Mcdm.Diffusion.Composition;
using Mcdm.Diffusion.Samplers;
using Mcdm.Experts;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Compositions;

/// <summary>A composer under a rule, for tests that ask at one level.</summary>
internal static class ComposerPredictions
{
    /// <summary>ε_c of equation (12), for a sampler.</summary>
    public static NoisePredictor Product(this Composer composer) => new ComposedPredictor(composer.Predict, new Product()).Predict;

    /// <summary>ε_c, float32, of z's shape.</summary>
    /// <param name="composer">Gives the experts' predictions.</param>
    /// <param name="z">z_t, float32 [batch, channels, height, width].</param>
    /// <param name="t">Noise level, 1…T.</param>
    /// <param name="rule">Combines them; null for the product.</param>
    public static Tensor PredictNoise(this Composer composer, Tensor z, int t, ICompositionRule? rule = null)
    {
        using var predictor = new ComposedPredictor(composer.Predict, rule ?? new Product());
        return predictor.Predict(z, composer.Space.Process.Level(t)).Value;
    }

    /// <summary>ε_c of equation (12), and how much the experts agree, float64 [batch].</summary>
    public static NoisePrediction PredictWithAgreement(this Composer composer, Tensor z, int t)
    {
        using var predictor = new ComposedPredictor(composer.Predict, new Product()) { MeasuresAgreement = true };
        return predictor.Predict(z, composer.Space.Process.Level(t));
    }
}
