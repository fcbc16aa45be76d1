using Mcdm.Diffusion.Process;
using static TorchSharp.torch;

namespace Mcdm.Diffusion.Samplers;

/// <summary>DDIM: Song et al. 2020, equation 12 with σ of equation 16, here <c>η σ_s √(1 − (α_t σ_s / α_s σ_t)²)</c>. First order.</summary>
/// <param name="Eta">η: 0 is deterministic, 1 has DDPM's variance.</param>
public sealed record Ddim(double Eta = 0) : Sampler
{
    internal override Tensor Step(Tensor z, NoiseLevel t, NoiseLevel s, Tensor z0, Tensor epsilon, SamplingRun run)
    {
        double shrinks = t.Alpha * s.Sigma / (s.Alpha * t.Sigma), fresh = Eta * s.Sigma * Math.Sqrt(1 - shrinks * shrinks);
        // With η = 1 and α_t = 0 nothing of the old noise is left, and rounding must not make it less.
        var next = s.Alpha * z0 + Math.Sqrt(Math.Max(0, s.Sigma * s.Sigma - fresh * fresh)) * epsilon;
        return fresh > 0 ? next + fresh * run.Noise() : next;
    }

    internal override bool IsAncestral => Eta == 1;

    internal override bool TakesEta => true;

    internal override bool StepsByStride => true;

    internal override void Check(DiffusionProcess process) => RequireEta(Eta);

    /// <inheritdoc/>
    public override Sampler WithEta(double eta)
    {
        RequireEta(eta);
        return this with { Eta = eta };
    }
}
