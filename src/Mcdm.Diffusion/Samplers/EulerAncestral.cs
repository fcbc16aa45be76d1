using Mcdm.Diffusion.Process;
using static TorchSharp.torch;

namespace Mcdm.Diffusion.Samplers;

/// <summary>
/// Ancestral steps in variance-exploding coordinates, x = z/α (Crowson 2022, k-diffusion): Euler's method to σ_down, and fresh noise of deviation σ_up, with
/// <c>σ_up² = σ_s² (σ_t² − σ_s²)/σ_t²</c> and <c>σ_down² = σ_s² − σ_up²</c>. The same as DDIM with η = 1.
/// </summary>
public sealed record EulerAncestral : Euler
{
    internal override Tensor Step(Tensor z, NoiseLevel t, NoiseLevel s, Tensor z0, Tensor epsilon, SamplingRun run)
    {
        double from = t.ExplodingSigma, to = s.ExplodingSigma, up = to * Math.Sqrt(Math.Max(0, 1 - to * to / (from * from)));
        var x = Move(z / t.Alpha, z0, from, Math.Sqrt(to * to - up * up));
        return s.Alpha * (up > 0 ? x + up * run.Noise() : x);
    }

    internal override bool IsAncestral => true;
}
