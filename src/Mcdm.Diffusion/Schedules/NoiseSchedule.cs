namespace Mcdm.Diffusion.Schedules;

/// <summary>The published families of noise schedules.</summary>
public enum NoiseScheduleKind
{
    /// <summary>β rises linearly from 1e-4 to 0.02 (Ho et al. 2020).</summary>
    Linear,

    /// <summary>ᾱ falls as a squared cosine (Nichol and Dhariwal 2021).</summary>
    Cosine,
}

/// <summary>
/// The variance schedule β_t, t = 1…T, with α_t = 1 − β_t and ᾱ_t = Π α. Index 0 is the clean picture: β_0 = 0, ᾱ_0 = 1.
/// </summary>
public sealed class NoiseSchedule
{
    private readonly double[] _beta, _alphaBar;

    private NoiseSchedule(NoiseScheduleKind kind, double[] beta)
    {
        Kind = kind;
        _beta = beta;
        _alphaBar = new double[beta.Length];
        _alphaBar[0] = 1;
        for (int t = 1; t < beta.Length; t++) { _alphaBar[t] = _alphaBar[t - 1] * (1 - beta[t]); }
    }

    /// <summary>The family it belongs to.</summary>
    public NoiseScheduleKind Kind { get; }

    /// <summary>Number of noise levels, T.</summary>
    public int Steps => _beta.Length - 1;

    /// <summary>β_t, in 0…1.</summary>
    public double Beta(int t) => _beta[t];

    /// <summary>ᾱ_t, in 0…1, falling in t.</summary>
    public double AlphaBar(int t) => _alphaBar[t];

    /// <summary>Whether the other schedule has the same β, each to 1e-6, whatever it is called.</summary>
    public bool HasBetasOf(NoiseSchedule other) => _beta.Length == other._beta.Length && _beta.Zip(other._beta).All(pair => Math.Abs(pair.First - pair.Second) <= 1e-6);

    /// <summary>Makes a schedule of T = <paramref name="steps"/> levels.</summary>
    /// <exception cref="McdmException">Fewer than one step.</exception>
    public static NoiseSchedule Create(NoiseScheduleKind kind, int steps)
    {
        if (steps < 1)
        {
            throw new McdmException("NoiseScheduleSteps", ErrorKind.InvalidArgument, $"A noise schedule has at least 1 step, not {steps}.");
        }
        return kind switch
        {
            NoiseScheduleKind.Linear => Linear(steps),
            NoiseScheduleKind.Cosine => Cosine(steps),
            _ => throw new McdmException("NoiseScheduleUnknown", ErrorKind.InvalidArgument, $"Unknown noise schedule '{kind}'; there are: {string.Join(", ", Enum.GetNames<NoiseScheduleKind>())}."),
        };
    }

    /// <summary>Ho et al. 2020, section 4: β from 1e-4 to 0.02 over 1,000 steps; for another T scaled to keep the same total noise.</summary>
    private static NoiseSchedule Linear(int steps)
    {
        double scale = 1000.0 / steps, first = scale * 1e-4, last = scale * 0.02;
        var beta = new double[steps + 1];
        for (int t = 1; t <= steps; t++)
        {
            double position = steps == 1 ? 1 : (t - 1.0) / (steps - 1);
            beta[t] = Math.Min(first + (last - first) * position, MaxBeta);
        }
        return new NoiseSchedule(NoiseScheduleKind.Linear, beta);
    }

    /// <summary>Nichol and Dhariwal 2021, equation 17, with s = 0.008 and β at most 0.999.</summary>
    private static NoiseSchedule Cosine(int steps)
    {
        const double s = 0.008;
        double F(int t) => Math.Pow(Math.Cos(((double)t / steps + s) / (1 + s) * Math.PI / 2), 2);
        var beta = new double[steps + 1];
        for (int t = 1; t <= steps; t++) { beta[t] = Math.Min(1 - F(t) / F(t - 1), MaxBeta); }
        return new NoiseSchedule(NoiseScheduleKind.Cosine, beta);
    }

    private const double MaxBeta = 0.999;

    /// <summary>
    /// The levels that a shorter run visits: <paramref name="count"/> of them, evenly spaced, from T down,
    /// then 0. The last is always 0, so n steps are n + 1 levels.
    /// </summary>
    /// <exception cref="McdmException">Fewer than one step or more than T.</exception>
    public IReadOnlyList<int> Respace(int count)
    {
        if (count < 1 || count > Steps)
        {
            throw new McdmException("StepsOutOfRange", ErrorKind.InvalidArgument, $"{count} steps were asked for; this model's schedule allows 1 to {Steps}.");
        }
        return Enumerable.Range(0, count + 1).Select(i => (int)Math.Round((double)Steps * (count - i) / count)).ToArray();
    }
}
