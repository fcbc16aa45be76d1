namespace Mcdm.Diffusion.Schedules;

/// <summary>How noisy a z_t is.</summary>
/// <param name="T">t as networks know it, 1…T, or 0 for the clean picture; a fraction lies between two levels of the schedule.</param>
/// <param name="AlphaBar">ᾱ_t, 0…1.</param>
public readonly record struct NoiseLevel(double T, double AlphaBar)
{
    /// <summary>z_0 itself.</summary>
    public static NoiseLevel Clean { get; } = new(0, 1);

    /// <summary>Whether there is no noise left.</summary>
    public bool IsClean => AlphaBar == 1;

    /// <summary>t as a whole number, for what knows no levels in between.</summary>
    public int Whole => (int)Math.Round(T);

    /// <summary>σ = √((1−ᾱ)/ᾱ): the noise's deviation in variance-exploding coordinates, x = z/√ᾱ = z_0 + σ ε.</summary>
    public double Sigma => Math.Sqrt((1 - AlphaBar) / AlphaBar);

    /// <summary>λ = log(√ᾱ/√(1−ᾱ)).</summary>
    public double Lambda => 0.5 * Math.Log(AlphaBar / (1 - AlphaBar));

    /// <summary>The level of some σ.</summary>
    public static NoiseLevel OfSigma(double t, double sigma) => new(t, 1 / (1 + sigma * sigma));
}
