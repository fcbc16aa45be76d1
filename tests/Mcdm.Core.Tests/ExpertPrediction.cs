using Mcdm.Diffusion.Process;
using Mcdm.Experts;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests;

/// <summary>What experts predict at the levels of their own schedule.</summary>
internal static class ExpertPrediction
{
    /// <summary>ε(z_t, x_i, t), or ε(z_t, t) for the unconditional expert.</summary>
    /// <param name="expert">The expert.</param>
    /// <param name="z">Noisy pictures z_t, float32 [batch, channels, height, width].</param>
    /// <param name="t">Noise level, 1…T, of the expert's schedule.</param>
    /// <param name="inputs">What <see cref="IExpert.Encode"/> gave, with batch dimension 1 or z's; null for <see cref="IExpert.Unconditioned"/>.</param>
    /// <returns>The noise prediction, float32, of z's shape.</returns>
    public static Tensor PredictNoise(this IExpert expert, Tensor z, int t, ExpertInputs? inputs)
    {
        using var scope = NewDisposeScope();
        var level = expert.Space.Process.Level(t);
        return expert.Space.Prediction.Noise(expert.Predict(z, level, inputs), z, level).MoveToOuterDisposeScope();
    }
}
