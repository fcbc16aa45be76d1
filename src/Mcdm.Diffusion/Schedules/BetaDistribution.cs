namespace Mcdm.Diffusion.Schedules;

/// <summary>The beta distribution, for levels that are spread by it.</summary>
internal static class BetaDistribution
{
    private const int Halvings = 60;

    /// <summary>The x under which a share of the distribution lies.</summary>
    /// <param name="share">0…1.</param>
    /// <param name="a">Its first shape, &gt; 0.</param>
    /// <param name="b">Its second shape, &gt; 0.</param>
    public static double Quantile(double share, double a, double b)
    {
        if (share is 0 or 1) { return share; }
        var (low, high) = (0.0, 1.0);
        for (int i = 0; i < Halvings; i++)
        {
            double middle = (low + high) / 2;
            if (Share(middle, a, b) < share) { low = middle; }
            else { high = middle; }
        }
        return (low + high) / 2;
    }

    /// <summary>
    /// The share under x: <c>x^a (1 − x)^b/(a B(a, b)) (1 + Σ B(a + 1, n + 1)/B(a + b, n + 1) x^(n + 1))</c>, whose terms fall by x; above the middle from the
    /// other end.
    /// </summary>
    private static double Share(double x, double a, double b)
    {
        if (x > 0.5) { return 1 - Share(1 - x, b, a); }
        double term = 1, sum = 1;
        for (int n = 0; term > 1e-16 * sum; n++)
        {
            term *= x * (a + b + n) / (a + 1 + n);
            sum += term;
        }
        return Math.Exp(a * Math.Log(x) + b * Math.Log(1 - x) - LogGamma(a + 1) - LogGamma(b) + LogGamma(a + b)) * sum;
    }

    /// <summary>log Γ, by Stirling's series from 10 up, and Γ(x) = Γ(x + 1)/x below.</summary>
    private static double LogGamma(double x)
    {
        double below = 0;
        for (; x < 10; x++) { below += Math.Log(x); }
        double square = 1 / (x * x);
        double series = (1.0 / 12 - square * (1.0 / 360 - square * (1.0 / 1260 - square / 1680))) / x;
        return (x - 0.5) * Math.Log(x) - x + 0.5 * Math.Log(2 * Math.PI) + series - below;
    }
}
