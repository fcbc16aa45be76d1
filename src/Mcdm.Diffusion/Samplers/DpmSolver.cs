using static TorchSharp.torch;

namespace Mcdm.Diffusion.Samplers;

/// <summary>DPM-Solver++(2M): Lu et al. 2022, algorithm 2, with λ = log(√ᾱ/√(1−ᾱ)).</summary>
internal static class DpmSolver
{
    /// <summary>The last step, to ᾱ = 1, is first order, and so are all where Langevin steps take z off the path that the last guess lies on.</summary>
    public static Tensor Sample(SamplingRun run)
    {
        var z = run.Noise();
        Tensor? previous = null;
        double previousStep = 0;
        double Lambda(int t) => 0.5 * Math.Log(run.AlphaBar(t) / (1 - run.AlphaBar(t)));
        foreach (var (t, s) in run.Levels)
        {
            z = run.Step(z, t, (z0, _) =>
            {
                if (s == 0) { return z0; }
                double h = Lambda(s) - Lambda(t);
                var denoised = previous is null ? z0 : (1 + h / (2 * previousStep)) * z0 - h / (2 * previousStep) * previous;
                previous?.Dispose();
                previous = run.LeavesPath ? null : z0.MoveToOuterDisposeScope();
                previousStep = h;
                double sigmaT = Math.Sqrt(1 - run.AlphaBar(t)), sigmaS = Math.Sqrt(1 - run.AlphaBar(s));
                return sigmaS / sigmaT * z - Math.Sqrt(run.AlphaBar(s)) * (Math.Exp(-h) - 1) * denoised;
            });
            z = run.Arrive(z, s, run.RelativeStep(t, s), places => previous = previous is null ? null : SamplingRun.Take(previous, places));
        }
        return z;
    }
}
