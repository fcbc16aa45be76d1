using static TorchSharp.torch;

namespace Mcdm.Diffusion.Samplers;

/// <summary>DPM-Solver++(2M), midpoint: Lu et al. 2022, algorithm 2, with λ = log(√ᾱ/√(1−ᾱ)).</summary>
internal static class DpmSolver
{
    /// <summary>Runs of fewer steps end with one of first order wherever they end.</summary>
    private const int FewSteps = 15;

    /// <summary>A last step to ᾱ = 1 is first order, and so are all where Langevin steps take z off the path that the last guess lies on.</summary>
    /// <param name="run">The run.</param>
    /// <param name="firstOrder">Whether all steps are first order.</param>
    /// <param name="secondOrderEnd">Whether a short run's last step, to a level with noise, is second order too.</param>
    public static Tensor Sample(SamplingRun run, bool firstOrder, bool secondOrderEnd)
    {
        var z = run.Start();
        Tensor? previous = null;
        double previousStep = 0;
        foreach (var step in run.Steps)
        {
            var (t, s, _) = step;
            bool first = firstOrder || (step.IsLast && run.Steps.Count < FewSteps && !secondOrderEnd);
            z = run.Step(z, t, (z0, _) =>
            {
                if (s.IsClean) { return z0; }
                double h = s.Lambda - t.Lambda;
                var denoised = previous is null || first ? z0 : (1 + h / (2 * previousStep)) * z0 - h / (2 * previousStep) * previous;
                previous?.Dispose();
                previous = run.LeavesPath ? null : z0.MoveToOuterDisposeScope();
                previousStep = h;
                double sigmaT = Math.Sqrt(1 - t.AlphaBar), sigmaS = Math.Sqrt(1 - s.AlphaBar);
                return sigmaS / sigmaT * z - Math.Sqrt(s.AlphaBar) * (Math.Exp(-h) - 1) * denoised;
            });
            z = run.Arrive(z, step, SamplingRun.RelativeStep(step), places => previous = previous is null ? null : SamplingRun.Take(previous, places));
        }
        return z;
    }
}
