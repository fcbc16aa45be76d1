namespace Mcdm.Diffusion.Process;

/// <summary>
/// A process from pictures to noise, <c>z_t = α_t z_0 + σ_t ε</c>, by its levels t = 0…T: all that samplers ask for. Level 0 is the picture, and σ/α rises
/// with t.
/// </summary>
public abstract class DiffusionProcess
{
    /// <summary>Number of noise levels, T.</summary>
    public abstract int Steps { get; }

    /// <summary>A level, 0…T.</summary>
    public abstract NoiseLevel Level(int t);

    /// <summary>The level where σ/α is a number (<see cref="NoiseLevel.ExplodingSigma"/>), which may lie between two of the process.</summary>
    /// <param name="t">Its t, for networks.</param>
    /// <param name="sigma">σ/α.</param>
    public abstract NoiseLevel LevelOf(double t, double sigma);

    /// <summary>
    /// The level where half the log of the signal-to-noise ratio is a number (<see cref="NoiseLevel.Lambda"/>), between two of the process where it lies
    /// there; the noisiest or the clearest, 1, where the process has none beyond them.
    /// </summary>
    /// <param name="lambda">λ = log(α/σ).</param>
    public NoiseLevel LevelOfLambda(double lambda) => Like(LevelOf(Steps, Math.Exp(-lambda))).Level;

    /// <summary>Whether predictions under both may be added: the levels are the same, whatever they are called.</summary>
    public abstract bool Matches(DiffusionProcess other);

    /// <summary>
    /// The level with the signal-to-noise ratio of a level of another process, at which z is the same but for a factor: its t, which may lie between two of
    /// this process, with the other's α and σ. Beyond the ends of this process, its nearest level.
    /// </summary>
    /// <param name="other">A level where there is noise.</param>
    /// <returns>The level, and whether the ratio lies beyond this process.</returns>
    public (NoiseLevel Level, bool IsBeyond) Like(NoiseLevel other)
    {
        // Twice λ is the log of the ratio; it falls with t.
        int low = 1, high = Steps;
        if (other.Lambda > Level(low).Lambda) { return (Level(low), true); }
        if (other.Lambda < Level(high).Lambda) { return (Level(high), true); }
        while (high - low > 1)
        {
            int middle = (low + high) / 2;
            if (Level(middle).Lambda >= other.Lambda) { low = middle; } else { high = middle; }
        }
        var (before, after) = (Level(low), Level(high));
        // Next to a level of noise alone, whose λ is infinite, α itself is followed.
        double share = before.Lambda == other.Lambda ? 0
            : after.Alpha == 0 ? 1 - other.Alpha / before.Alpha : (before.Lambda - other.Lambda) / (before.Lambda - after.Lambda);
        return (other with { T = before.T + share * (after.T - before.T) }, false);
    }

    /// <summary>Whether nothing of the picture is left at T: a prediction of noise says nothing there.</summary>
    public bool IsZeroTerminal => Level(Steps).Alpha == 0;

    /// <summary>
    /// The levels that a shorter run visits: <paramref name="count"/> of them, evenly spaced, from T down, then 0. The last is always 0, so n steps are n + 1
    /// levels.
    /// </summary>
    /// <exception cref="McdmException"><c>StepsOutOfRange</c>: fewer than one step, or more than T.</exception>
    public IReadOnlyList<int> Respace(int count)
    {
        if (count < 1 || count > Steps)
        {
            throw new McdmException("StepsOutOfRange", ErrorKind.InvalidArgument, $"{count} steps were asked for; this model's schedule allows 1 to {Steps}.");
        }
        return Enumerable.Range(0, count + 1).Select(i => (int)Math.Round((double)Steps * (count - i) / count)).ToArray();
    }
}
