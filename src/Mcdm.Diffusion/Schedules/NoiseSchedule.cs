using static System.FormattableString;

namespace Mcdm.Diffusion.Schedules;

/// <summary>
/// The variance schedule β_t, t = 1…T, with α_t = 1 − β_t and ᾱ_t = Π α. Index 0 is the clean picture: β_0 = 0, ᾱ_0 = 1.
/// </summary>
public sealed class NoiseSchedule
{
    private readonly double[] _beta, _alphaBar;

    private NoiseSchedule(double[] beta)
    {
        _beta = beta;
        _alphaBar = new double[beta.Length];
        _alphaBar[0] = 1;
        for (int t = 1; t < beta.Length; t++) { _alphaBar[t] = _alphaBar[t - 1] * (1 - beta[t]); }
    }

    private NoiseSchedule(double[] beta, double[] alphaBar) => (_beta, _alphaBar) = (beta, alphaBar);

    /// <summary>Number of noise levels, T.</summary>
    public int Steps => _beta.Length - 1;

    /// <summary>β_t, in 0…1.</summary>
    public double Beta(int t) => _beta[t];

    /// <summary>ᾱ_t, in 0…1, falling in t.</summary>
    public double AlphaBar(int t) => _alphaBar[t];

    /// <summary>Whether the other schedule has the same β, each to 1e-6, whatever it is called.</summary>
    public bool HasBetasOf(NoiseSchedule other) => _beta.Length == other._beta.Length
        && _beta.Zip(other._beta).All(pair => Math.Abs(pair.First - pair.Second) <= 1e-6);

    /// <summary>Makes a schedule.</summary>
    /// <exception cref="McdmException">
    /// <c>NoiseScheduleSteps</c>, <c>NoiseScheduleUnknown</c>, or <c>NoiseScheduleBetas</c>: some β is out of range.
    /// </exception>
    public static NoiseSchedule Create(ScheduleDescription description)
    {
        if (description.Steps < 1)
        {
            throw new McdmException("NoiseScheduleSteps", ErrorKind.InvalidArgument, $"A noise schedule has at least 1 step, not {description.Steps}.");
        }
        var schedule = new NoiseSchedule(Checked(description, description.Kind switch
        {
            NoiseScheduleKind.Linear => description is { BetaStart: null, BetaEnd: null } ? Linear(description.Steps)
                : Rising(description, 1e-4, 0.02, (from, to, position) => from + (to - from) * position),
            NoiseScheduleKind.Cosine => Cosine(description.Steps),
            NoiseScheduleKind.ScaledLinear =>
                Rising(description, 0.00085, 0.012, (from, to, position) => Math.Pow(Math.Sqrt(from) + (Math.Sqrt(to) - Math.Sqrt(from)) * position, 2)),
            NoiseScheduleKind.Sigmoid => Rising(description, 1e-4, 0.02, (from, to, position) => from + (to - from) / (1 + Math.Exp(6 - 12 * position))),
            NoiseScheduleKind.Given => [0, .. description.Betas ?? []],
            _ => throw new McdmException("NoiseScheduleUnknown", ErrorKind.InvalidArgument,
                $"Unknown noise schedule '{description.Kind}'; there are: {string.Join(", ", Enum.GetNames<NoiseScheduleKind>())}."),
        }));
        return description.ZeroTerminalSnr ? schedule.WithoutSignalAtTheEnd() : schedule;
    }

    private static double[] Checked(ScheduleDescription description, double[] beta)
    {
        if (beta.Length != description.Steps + 1)
        {
            throw new McdmException("NoiseScheduleBetas", ErrorKind.InvalidArgument,
                $"A noise schedule of {description.Steps} levels was given {beta.Length - 1} β; give one for each.");
        }
        for (int t = 1; t < beta.Length; t++)
        {
            // Nothing is left once β is 1, so it can only be the last.
            if (!(beta[t] > 0) || beta[t] > 1 || (beta[t] == 1 && t < beta.Length - 1))
            {
                throw new McdmException("NoiseScheduleBetas", ErrorKind.InvalidArgument,
                    Invariant($"β at level {t} of a noise schedule is {beta[t]}; it lies between 0 and 1."));
            }
        }
        return beta;
    }

    /// <summary>Ho et al. 2020, section 4: β from 1e-4 to 0.02 over 1,000 steps; for another T scaled to keep the same total noise.</summary>
    private static double[] Linear(int steps)
    {
        double scale = 1000.0 / steps, first = scale * 1e-4, last = scale * 0.02;
        var beta = new double[steps + 1];
        for (int t = 1; t <= steps; t++)
        {
            double position = steps == 1 ? 1 : (t - 1.0) / (steps - 1);
            beta[t] = Math.Min(first + (last - first) * position, MaxBeta);
        }
        return beta;
    }

    /// <summary>Nichol and Dhariwal 2021, equation 17, with s = 0.008 and β at most 0.999.</summary>
    private static double[] Cosine(int steps)
    {
        const double s = 0.008;
        double F(int t) => Math.Pow(Math.Cos(((double)t / steps + s) / (1 + s) * Math.PI / 2), 2);
        var beta = new double[steps + 1];
        for (int t = 1; t <= steps; t++) { beta[t] = Math.Min(1 - F(t) / F(t - 1), MaxBeta); }
        return beta;
    }

    private const double MaxBeta = 0.999;

    /// <summary>β from the first to the last along a curve over 0…1.</summary>
    private static double[] Rising(ScheduleDescription description, double start, double end, Func<double, double, double, double> at)
    {
        double from = description.BetaStart ?? start, to = description.BetaEnd ?? end;
        return [0, .. Enumerable.Range(0, description.Steps).Select(i => at(from, to, description.Steps == 1 ? 0 : (double)i / (description.Steps - 1)))];
    }

    /// <summary>Lin et al. 2024, algorithm 1: √ᾱ, shifted so that the last is 0 and scaled so that the first stays.</summary>
    private NoiseSchedule WithoutSignalAtTheEnd()
    {
        double first = Math.Sqrt(_alphaBar[1]), last = Math.Sqrt(_alphaBar[^1]);
        if (Steps < 2)
        {
            throw new McdmException("NoiseScheduleSteps", ErrorKind.InvalidArgument,
                "A noise schedule whose last level has no signal has at least 2 levels, not 1.");
        }
        double[] alphaBar = [1, .. _alphaBar.Skip(1).Select(value => Math.Pow((Math.Sqrt(value) - last) * first / (first - last), 2))];
        return new NoiseSchedule([0, .. Enumerable.Range(1, Steps).Select(t => 1 - alphaBar[t] / alphaBar[t - 1])], alphaBar);
    }

    /// <summary>
    /// The posterior q(z_s | z_t, z_0), s &lt; t: normal around a mean that is affine in z_0 and z_t (Ho et al. 2020, equation 7, with the α and β between the
    /// two levels).
    /// </summary>
    /// <param name="alphaBarT">ᾱ_t.</param>
    /// <param name="alphaBarS">ᾱ_s, above ᾱ_t.</param>
    /// <returns>By what z_0 and z_t are multiplied, the variance, and β = 1 − ᾱ_t/ᾱ_s.</returns>
    public static (double Z0, double Zt, double Variance, double Beta) Posterior(double alphaBarT, double alphaBarS)
    {
        double alpha = alphaBarT / alphaBarS, beta = 1 - alpha, noiseT = 1 - alphaBarT, noiseS = 1 - alphaBarS;
        return (Math.Sqrt(alphaBarS) * beta / noiseT, Math.Sqrt(alpha) * noiseS / noiseT, beta * noiseS / noiseT, beta);
    }
}
