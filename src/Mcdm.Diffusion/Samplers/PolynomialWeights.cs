namespace Mcdm.Diffusion.Samplers;

/// <summary>Weights of values at some places whose mean is that of the polynomial through them.</summary>
internal static class PolynomialWeights
{
    /// <summary>
    /// The mean over x in 0…1 of the polynomial through values at places x_k, where x counts as e^(h (x − 1)): what a guess has on the way from one level to
    /// the next where it is a polynomial in λ (Lu et al. 2022; Zhang and Chen 2023).
    /// </summary>
    /// <param name="places">x_k, each once.</param>
    /// <param name="h">The exponent; 0 where all x count alike.</param>
    public static double[] Of(IReadOnlyList<double> places, double h = 0)
    {
        // Moments of x: ∫ x^i e^(h (x − 1)) dx = (1 − i ∫ x^(i−1) e^(h (x − 1)) dx)/h.
        var moments = new double[places.Count];
        moments[0] = h == 0 ? 1 : (1 - Math.Exp(-h)) / h;
        for (int i = 1; i < moments.Length; i++) { moments[i] = h == 0 ? 1.0 / (i + 1) : (1 - i * moments[i - 1]) / h; }
        return [.. places.Select((place, k) =>
        {
            // Lagrange's polynomial, which is 1 at this place and 0 at the others, by its coefficients.
            var own = new double[places.Count];
            own[0] = 1;
            foreach (double other in places.Where((_, j) => j != k))
            {
                for (int i = own.Length - 1; i >= 0; i--) { own[i] = ((i == 0 ? 0 : own[i - 1]) - other * own[i]) / (place - other); }
            }
            return own.Zip(moments, (coefficient, moment) => coefficient * moment).Sum() / moments[0];
        })];
    }

    /// <summary>Where levels lie on the way from the first of them to another, in λ: 0 and 1.</summary>
    /// <param name="levels">The levels.</param>
    /// <param name="s">The other.</param>
    public static double[] PlacesOf(IReadOnlyList<Process.NoiseLevel> levels, Process.NoiseLevel s) =>
        [.. levels.Select(level => (level.Lambda - levels[0].Lambda) / (s.Lambda - levels[0].Lambda))];
}
