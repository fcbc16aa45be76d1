using Mcdm.Diffusion.Process;
using static TorchSharp.torch;

namespace Mcdm.Diffusion.Samplers;

/// <summary>
/// Trajectory consistency distillation: Zheng et al. 2024, algorithm 4. A step follows the path to a cleaner level than the next, (1 − γ) of its t, and noise
/// is added up to that one; the last ends at the first level.
/// </summary>
/// <param name="Eta">γ: 0 is deterministic, 1 goes to the end each time.</param>
/// <param name="OriginalSteps">Steps of the run that the network was distilled from.</param>
public sealed record Tcd(double Eta = 0.3, int OriginalSteps = 50) : ConsistencySampler(OriginalSteps)
{
    internal override Tensor Step(Tensor z, NoiseLevel t, NoiseLevel s, Tensor z0, Tensor epsilon, SamplingRun run)
    {
        var below = run.LevelAt((int)Math.Floor((1 - Eta) * (s.T - 1)) + 1);
        var there = below.Diffuse(z0, epsilon);
        double kept = s.Alpha / below.Alpha;
        return kept < 1 ? kept * there + Math.Sqrt(1 - kept * kept) * run.Noise() : there;
    }

    internal override bool EndsAtFirst => true;

    internal override bool TakesEta => true;

    internal override void Check(DiffusionProcess process)
    {
        base.Check(process);
        RequireEta(Eta);
    }

    /// <inheritdoc/>
    public override Sampler WithEta(double eta)
    {
        RequireEta(eta);
        return this with { Eta = eta };
    }
}
