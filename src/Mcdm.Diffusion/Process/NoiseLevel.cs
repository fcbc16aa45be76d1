using static TorchSharp.torch;

namespace Mcdm.Diffusion.Process;

/// <summary>How noisy a z_t is: <c>z_t = α z_0 + σ ε</c> (MCDM, equation 1, in closed form, where α = √ᾱ_t and σ = √(1−ᾱ_t)).</summary>
/// <param name="T">t as networks know it, 1…T, or 0 for the clean picture; a fraction lies between two levels of the process.</param>
/// <param name="Alpha">α, how much of the picture there is, 0…1.</param>
/// <param name="Sigma">σ, the noise's deviation.</param>
public readonly record struct NoiseLevel(double T, double Alpha, double Sigma)
{
    /// <summary>z_0 itself.</summary>
    public static NoiseLevel Clean { get; } = new(0, 1, 0);

    /// <summary>Whether there is no noise left.</summary>
    public bool IsClean => Sigma == 0;

    /// <summary>t as a whole number, for what knows no levels in between.</summary>
    public int Nearest => (int)Math.Round(T);

    /// <summary>σ/α: the noise's deviation in variance-exploding coordinates, x = z/α = z_0 + (σ/α) ε.</summary>
    public double ExplodingSigma => Sigma / Alpha;

    /// <summary>λ = log(α/σ), half the log of the signal-to-noise ratio.</summary>
    public double Lambda => Math.Log(Alpha / Sigma);

    /// <summary>z_t from z_0.</summary>
    /// <param name="z0">Pictures or latents, [batch, channels, height, width].</param>
    /// <param name="noise">Standard normal ε, of the same shape.</param>
    public Tensor Diffuse(Tensor z0, Tensor noise) => Alpha * z0 + Sigma * noise;

    /// <summary>ε from z_t and a guess of z_0, where there is noise.</summary>
    /// <param name="z0">The guess, of z's shape.</param>
    /// <param name="z">z_t.</param>
    public Tensor NoiseOf(Tensor z0, Tensor z) => (z - Alpha * z0) / Sigma;

    /// <summary>The guess of z_0 that a noise prediction means, where something of the picture is left.</summary>
    /// <param name="noise">ε, of z's shape.</param>
    /// <param name="z">z_t.</param>
    public Tensor Denoised(Tensor noise, Tensor z) => (z - Sigma * noise) / Alpha;

    /// <summary>The score <c>∇log p_t(z_t) = −ε/σ</c> (the paper prints (6) and (11) without the minus sign), where there is noise.</summary>
    /// <param name="noise">ε.</param>
    public Tensor Score(Tensor noise) => -noise / Sigma;
}
