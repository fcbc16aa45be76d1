using Mcdm.Diffusion.Process;
using static TorchSharp.torch;

namespace Mcdm.Diffusion.Samplers;

/// <summary>
/// Latent consistency models: Luo et al. 2023, algorithm 3. Each step guesses the end, <c>c_out ẑ_0 + c_skip z</c>, and noise is added anew up to the
/// next level.
/// </summary>
/// <param name="OriginalSteps">Steps of the run that the network was distilled from.</param>
/// <param name="TimestepScaling">By what t, counted from 0, is multiplied in c_skip = σ²/(t² + σ²) and c_out = t/√(t² + σ²), σ = 0.5.</param>
public sealed record Lcm(int OriginalSteps = 50, double TimestepScaling = 10) : ConsistencySampler(OriginalSteps)
{
    private const double DataDeviation = 0.5;

    internal override Tensor Step(Tensor z, NoiseLevel t, NoiseLevel s, Tensor z0, Tensor epsilon, SamplingRun run)
    {
        double time = TimestepScaling * (t.T - 1), both = time * time + DataDeviation * DataDeviation;
        var end = time / Math.Sqrt(both) * z0 + DataDeviation * DataDeviation / both * z;
        return s.IsClean ? end : s.Diffuse(end, run.Noise());
    }
}
