namespace Mcdm.Diffusion.Schedules;

/// <summary>
/// Where the levels of a short run lie so that each has something to do (docs/measured.md): λ = −2.5 + 2.9 sinh u, even in u, from −5, below which z_t shows
/// nothing of the picture, to 4, above which nothing changes any more. What experts add changes most around −2. Before them comes T itself, whose one
/// evaluation carries the conditions' mean.
/// </summary>
internal static class SignalLevels
{
    private const double Middle = -2.5, Width = 2.9, Begin = -5, End = 4;

    /// <summary>Schedules that end less than this below <see cref="Begin"/> have no level before it that would show less.</summary>
    private const double Leap = 1;

    /// <summary>λ of the levels of a run in order of use, the first λ_T.</summary>
    /// <param name="noisiest">λ_T.</param>
    /// <param name="clearest">λ_1.</param>
    /// <param name="count">Levels, at least 1.</param>
    public static IReadOnlyList<double> Of(double noisiest, double clearest, int count)
    {
        bool leaps = noisiest < Begin - Leap;
        var (from, to) = (PlaceOf(leaps ? Begin : noisiest), PlaceOf(Math.Min(End, clearest)));
        int spread = leaps ? count - 1 : count;
        // A single level after T lies in the middle of what is left.
        double Even(int i) => spread > 1 ? from + (to - from) * i / (spread - 1) : leaps ? (from + to) / 2 : from;
        return [.. leaps ? new[] { noisiest } : [], .. Enumerable.Range(0, spread).Select(i => Middle + Width * Math.Sinh(Even(i)))];
    }

    private static double PlaceOf(double lambda) => Math.Asinh((lambda - Middle) / Width);
}
