using Mcdm.Experts;
using static TorchSharp.torch;

namespace Mcdm.Sampling;

/// <summary>
/// The Gaussian process that all experts undo, at a noise level given by its ᾱ_t: <c>z_t = √ᾱ z_0 + √(1−ᾱ) ε</c> (MCDM, equation 1, in closed form), and
/// what a network predicts of it. At fixed z_t the noise ε, the picture z_0 and the velocity <c>v = √ᾱ ε − √(1−ᾱ) z_0</c> (Salimans and Ho 2022) are
/// affine in each other.
/// </summary>
internal static class GaussianProcess
{
    /// <summary>z_t from z_0.</summary>
    /// <param name="z0">Pictures or latents, [batch, channels, height, width].</param>
    /// <param name="noise">Standard normal, of the same shape.</param>
    /// <param name="alphaBar">ᾱ_t, [batch, 1, 1, 1].</param>
    public static Tensor Diffuse(Tensor z0, Tensor noise, Tensor alphaBar) => alphaBar.sqrt() * z0 + (1 - alphaBar).sqrt() * noise;

    /// <summary>What a network is to predict.</summary>
    /// <inheritdoc cref="Diffuse" path="/param"/>
    public static Tensor Target(PredictionKind kind, Tensor z0, Tensor noise, Tensor alphaBar) => kind switch
    {
        PredictionKind.Noise => noise,
        PredictionKind.Velocity => alphaBar.sqrt() * noise - (1 - alphaBar).sqrt() * z0,
        PredictionKind.Sample => z0,
        _ => throw Unknown(kind),
    };

    /// <summary>The noise ε that a prediction means.</summary>
    /// <param name="kind">What was predicted.</param>
    /// <param name="prediction">The prediction, of z's shape.</param>
    /// <param name="z">z_t.</param>
    /// <param name="alphaBar">ᾱ_t, below 1.</param>
    public static Tensor Noise(PredictionKind kind, Tensor prediction, Tensor z, double alphaBar) => kind switch
    {
        PredictionKind.Noise => prediction,
        PredictionKind.Velocity => Math.Sqrt(alphaBar) * prediction + Math.Sqrt(1 - alphaBar) * z,
        PredictionKind.Sample => (z - Math.Sqrt(alphaBar) * prediction) / Math.Sqrt(1 - alphaBar),
        _ => throw Unknown(kind),
    };

    private static InvalidOperationException Unknown(PredictionKind kind) => new($"Unknown prediction {kind}.");
}
