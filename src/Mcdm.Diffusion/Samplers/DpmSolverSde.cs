using Mcdm.Diffusion.Process;
using static TorchSharp.torch;

namespace Mcdm.Diffusion.Samplers;

/// <summary>
/// SDE-DPM-Solver++(2M), midpoint: Lu et al. 2022, section 6, with λ = log(α/σ): the reverse process with its own noise, its guess of z_0 carried on as by
/// <see cref="DpmSolver"/>.
/// </summary>
/// <inheritdoc cref="DpmSolver(bool, bool)" path="/param"/>
public sealed record DpmSolverSde(bool FirstOrder = false, bool SecondOrderEnd = false) : DpmSolver(FirstOrder, SecondOrderEnd)
{
    internal override Tensor Step(Tensor z, NoiseLevel t, NoiseLevel s, Tensor z0, Tensor epsilon, SamplingRun run)
    {
        if (s.IsClean) { return z0; }
        double h = s.Lambda - t.Lambda, fresh = 1 - Math.Exp(-2 * h);
        return s.Sigma / t.Sigma * Math.Exp(-h) * z + s.Alpha * fresh * Denoised(z0, run.Before, t, h) + s.Sigma * Math.Sqrt(fresh) * run.Noise();
    }

    internal override bool IsAncestral => true;
}
