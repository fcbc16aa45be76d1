using Mcdm.Diffusion.Process;
using static TorchSharp.torch;

namespace Mcdm.Diffusion.Samplers;

/// <summary>
/// PNDM without Runge-Kutta steps (PLMS): Liu et al. 2022, equations 11 and 13: DDIM's step with Adams and Bashforth's mean of what was predicted. The first
/// step is taken twice, the second time by the mean of the predictions at both its ends.
/// </summary>
public sealed record Pndm : Sampler
{
    private static readonly double[][] s_weights =
        [[1], [3.0 / 2, -1.0 / 2], [23.0 / 12, -16.0 / 12, 5.0 / 12], [55.0 / 24, -59.0 / 24, 37.0 / 24, -9.0 / 24]];

    internal override Tensor Step(Tensor z, NoiseLevel t, NoiseLevel s, Tensor z0, Tensor epsilon, SamplingRun run)
    {
        SamplingGuess[] guesses = [new(z, z0, epsilon, t), .. run.Earlier];
        if (run.Done > 0 || run.Next is not { } next) { return Move(z, t, s, s_weights[guesses.Length - 1].Zip(guesses)); }
        var there = Move(z, t, s, [(1, guesses[0])]);
        var (end, noise) = run.Guess(there, next);
        // Both steps go as far down; where levels are not even, the second to where it has asked.
        var above = next == s ? t : run.LevelAt(Math.Min(run.Levels, (int)(next.T + t.T - s.T)));
        return Move(z, above, next, [(0.5, guesses[0]), (0.5, new(there, end, noise, next))]);

        Tensor Move(Tensor z, NoiseLevel t, NoiseLevel s, IEnumerable<(double Weight, SamplingGuess Guess)> parts)
        {
            var mean = parts.Select(part => part.Weight * run.Predicted(part.Guess)).Aggregate((sum, next) => sum + next);
            var noise = run.Kind.Noise(mean, z, t);
            return s.Alpha / t.Alpha * z + s.Alpha * (s.ExplodingSigma - t.ExplodingSigma) * noise;
        }
    }

    internal override int Remembers => s_weights.Length - 1;

    internal override int Evaluations(int steps) => steps == 1 ? 1 : steps + 1;

    internal override bool DividesByAlpha => true;

    internal override bool StepsByStride => true;
}
