using static TorchSharp.torch;

namespace Mcdm.Diffusion.Process;

/// <summary>
/// The Gaussian process that all experts undo, at a noise level given by its ᾱ_t: <c>z_t = √ᾱ z_0 + √(1−ᾱ) ε</c> (MCDM, equation 1, in closed form). At a
/// fixed z_t the noise ε, the picture z_0, the velocity <c>v = √ᾱ ε − √(1−ᾱ) z_0</c> (Salimans and Ho 2022) and the score <c>s = −ε/√(1−ᾱ)</c> are affine in
/// each other.
/// </summary>
public static class GaussianProcess
{
    /// <summary>z_t from z_0: equation (1).</summary>
    /// <param name="z0">Pictures or latents, [batch, channels, height, width].</param>
    /// <param name="noise">Standard normal ε, of the same shape.</param>
    /// <param name="alphaBar">ᾱ_t, [batch, 1, 1, 1].</param>
    public static Tensor Diffuse(Tensor z0, Tensor noise, Tensor alphaBar) => alphaBar.sqrt() * z0 + (1 - alphaBar).sqrt() * noise;

    /// <summary>z_t from z_0 at one level for all of the batch.</summary>
    /// <inheritdoc cref="Diffuse(Tensor, Tensor, Tensor)"/>
    public static Tensor Diffuse(Tensor z0, Tensor noise, double alphaBar) => Math.Sqrt(alphaBar) * z0 + Math.Sqrt(1 - alphaBar) * noise;

    /// <summary>What a network is to predict.</summary>
    /// <param name="kind">Which of the three.</param>
    /// <param name="z0">Pictures or latents, [batch, channels, height, width].</param>
    /// <param name="noise">ε, of the same shape.</param>
    /// <param name="alphaBar">ᾱ_t, [batch, 1, 1, 1].</param>
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
        PredictionKind.Sample => NoiseOf(prediction, z, alphaBar),
        _ => throw Unknown(kind),
    };

    /// <summary>The guess of z_0 that a prediction means.</summary>
    /// <param name="kind">What was predicted.</param>
    /// <param name="prediction">The prediction, of z's shape.</param>
    /// <param name="z">z_t.</param>
    /// <param name="alphaBar">ᾱ_t; above 0 where noise was predicted.</param>
    public static Tensor Denoised(PredictionKind kind, Tensor prediction, Tensor z, double alphaBar) => kind switch
    {
        PredictionKind.Noise => Denoised(prediction, z, alphaBar),
        PredictionKind.Velocity => Math.Sqrt(alphaBar) * z - Math.Sqrt(1 - alphaBar) * prediction,
        PredictionKind.Sample => prediction,
        _ => throw Unknown(kind),
    };

    /// <summary>The velocity v that a prediction means.</summary>
    /// <param name="kind">What was predicted.</param>
    /// <param name="prediction">The prediction, of z's shape.</param>
    /// <param name="z">z_t.</param>
    /// <param name="alphaBar">ᾱ_t, below 1; above 0 where noise was predicted.</param>
    public static Tensor Velocity(PredictionKind kind, Tensor prediction, Tensor z, double alphaBar) => kind switch
    {
        PredictionKind.Noise => (prediction - Math.Sqrt(1 - alphaBar) * z) / Math.Sqrt(alphaBar),
        PredictionKind.Velocity => prediction,
        PredictionKind.Sample => (Math.Sqrt(alphaBar) * z - prediction) / Math.Sqrt(1 - alphaBar),
        _ => throw Unknown(kind),
    };

    /// <summary>A prediction in another form.</summary>
    /// <param name="from">What was predicted.</param>
    /// <param name="to">What is wanted of it.</param>
    /// <param name="prediction">The prediction, of z's shape.</param>
    /// <param name="z">z_t.</param>
    /// <param name="alphaBar">ᾱ_t, below 1; above 0 where noise was predicted.</param>
    public static Tensor Convert(PredictionKind from, PredictionKind to, Tensor prediction, Tensor z, double alphaBar) => to switch
    {
        PredictionKind.Noise => Noise(from, prediction, z, alphaBar),
        PredictionKind.Velocity => Velocity(from, prediction, z, alphaBar),
        PredictionKind.Sample => Denoised(from, prediction, z, alphaBar),
        _ => throw Unknown(to),
    };

    /// <summary>‖ε − ε'‖² as a multiple of the squared distance of the predictions that mean ε and ε' at one z_t.</summary>
    /// <param name="kind">What was predicted.</param>
    /// <param name="alphaBar">ᾱ_t, below 1.</param>
    public static double SquaredNoisePer(PredictionKind kind, double alphaBar) => kind switch
    {
        PredictionKind.Noise => 1,
        PredictionKind.Velocity => alphaBar,
        PredictionKind.Sample => alphaBar / (1 - alphaBar),
        _ => throw Unknown(kind),
    };

    /// <summary>ε from z_t and a guess of z_0: equation (1) solved for ε.</summary>
    /// <param name="z0">The guess, of z's shape.</param>
    /// <param name="z">z_t.</param>
    /// <param name="alphaBar">ᾱ_t, below 1.</param>
    public static Tensor NoiseOf(Tensor z0, Tensor z, double alphaBar) => (z - Math.Sqrt(alphaBar) * z0) / Math.Sqrt(1 - alphaBar);

    /// <summary>The guess of z_0 that a noise prediction means: equation (1) solved for z_0.</summary>
    /// <param name="noise">ε, of z's shape.</param>
    /// <param name="z">z_t.</param>
    /// <param name="alphaBar">ᾱ_t, above 0.</param>
    public static Tensor Denoised(Tensor noise, Tensor z, double alphaBar) => (z - Math.Sqrt(1 - alphaBar) * noise) / Math.Sqrt(alphaBar);

    /// <summary>The score ∇log p_t(z_t) = −ε/√(1−ᾱ_t) (the paper prints (6) and (11) without the minus sign).</summary>
    /// <param name="noise">ε, of z's shape.</param>
    /// <param name="alphaBar">ᾱ_t, below 1.</param>
    public static Tensor Score(Tensor noise, double alphaBar) => -noise / Math.Sqrt(1 - alphaBar);

    /// <summary>
    /// The posterior q(z_s | z_t, z_0), s &lt; t: normal around a mean that is affine in z_0 and z_t (Ho et al. 2020, equation 7, with the α and β between the
    /// two levels).
    /// </summary>
    /// <param name="alphaBarT">ᾱ_t.</param>
    /// <param name="alphaBarS">ᾱ_s, above ᾱ_t.</param>
    /// <returns>By what z_0 and z_t are multiplied, the variance, and β = 1 − ᾱ_t/ᾱ_s.</returns>
    public static (double Z0, double Zt, double Variance, double Beta) Posterior(double alphaBarT, double alphaBarS)
    {
        double alpha = alphaBarT / alphaBarS, beta = 1 - alpha;
        return (Math.Sqrt(alphaBarS) * beta / (1 - alphaBarT), Math.Sqrt(alpha) * (1 - alphaBarS) / (1 - alphaBarT), beta * (1 - alphaBarS) / (1 - alphaBarT), beta);
    }

    private static InvalidOperationException Unknown(PredictionKind kind) => new($"Unknown prediction {kind}.");
}
