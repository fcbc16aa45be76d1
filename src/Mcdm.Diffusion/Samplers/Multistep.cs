using Mcdm.Diffusion.Process;
using static TorchSharp.torch;

namespace Mcdm.Diffusion.Samplers;

/// <summary>
/// Linear multistep methods: a step of first order that takes, in place of the guess at its beginning, a mean of that and earlier ones. What the weights of
/// the mean are tells one method from another; they sum to one.
/// </summary>
public abstract record Multistep : Sampler
{
    /// <summary>Whether the mean is of ε, which DDIM's step keeps; else of z_0 (Lu et al. 2022, section 4.1).</summary>
    private protected virtual bool IsOfNoise => false;

    /// <summary>How many guesses a step takes at most.</summary>
    /// <param name="s">The level that is stepped to.</param>
    /// <param name="run">Which step of how many it is.</param>
    private protected abstract int OrderAt(NoiseLevel s, SamplingRun run);

    /// <summary>The weights of two guesses or more, the last one's first.</summary>
    /// <param name="levels">Where they were made; the first is the level that is stepped from.</param>
    /// <param name="s">The level that is stepped to, which has noise unless the mean is of ε.</param>
    private protected abstract IReadOnlyList<double> Weights(IReadOnlyList<NoiseLevel> levels, NoiseLevel s);

    internal override Tensor Step(Tensor z, NoiseLevel t, NoiseLevel s, Tensor z0, Tensor epsilon, SamplingRun run)
    {
        if (s.Sigma == t.Sigma) { return z.clone(); }
        SamplingGuess[] guesses = [new(z, z0, epsilon, t), .. run.Earlier];
        int order = Math.Min(OrderAt(s, run), guesses.Length);
        return Arrive(z, t, s, Mean(guesses, order == 1 ? [1] : Weights([.. guesses.Take(order).Select(guess => guess.Level)], s)), run);
    }

    /// <summary>What is guessed, weighted.</summary>
    private protected Tensor Mean(IReadOnlyList<SamplingGuess> guesses, IReadOnlyList<double> weights) =>
        weights is [1] ? Of(guesses[0]) : weights.Select((weight, i) => weight * Of(guesses[i])).Aggregate((sum, next) => sum + next);

    /// <summary>z_s, given what is guessed on the way there.</summary>
    private protected virtual Tensor Arrive(Tensor z, NoiseLevel t, NoiseLevel s, Tensor mean, SamplingRun run) =>
        IsOfNoise ? s.Alpha / t.Alpha * z + s.Alpha * (s.ExplodingSigma - t.ExplodingSigma) * mean
        : s.IsClean ? mean
        : s.Sigma / t.Sigma * z - s.Alpha * (Math.Exp(t.Lambda - s.Lambda) - 1) * mean;

    private Tensor Of(SamplingGuess guess) => IsOfNoise ? guess.Epsilon : guess.Z0;
}
