using System.Text.Json.Serialization;
using Mcdm.Diffusion.Process;
using static TorchSharp.torch;

namespace Mcdm.Diffusion.Samplers;

/// <summary>
/// SDE-DPM-Solver++(2M): Lu et al. 2022, section 6, with λ = log(α/σ): the reverse process with its own noise, its guess of z_0 carried on as by
/// <see cref="DpmSolver"/>.
/// </summary>
/// <inheritdoc cref="DpmSolver(bool, bool)" path="/param"/>
public record DpmSolverSde(bool FirstOrder = false, bool SecondOrderEnd = false) : DpmSolver(FirstOrder, SecondOrderEnd)
{
    private protected override double Exponent => 2;

    private protected override bool IsOfNoise => false;

    private protected override Tensor Arrive(Tensor z, NoiseLevel t, NoiseLevel s, Tensor mean, SamplingRun run)
    {
        if (s.IsClean) { return mean; }
        double h = s.Lambda - t.Lambda, fresh = 1 - Math.Exp(-2 * h);
        return s.Sigma / t.Sigma * Math.Exp(-h) * z + s.Alpha * fresh * mean + s.Sigma * Math.Sqrt(fresh) * run.Noise();
    }

    internal override bool IsAncestral => true;
}

/// <summary>SDE-DPM-Solver++(3M): as <see cref="DpmSolverSde"/>, of third order where there are two guesses before.</summary>
/// <inheritdoc cref="DpmSolver(bool, bool)" path="/param"/>
public sealed record DpmSolver3Sde(bool FirstOrder = false, bool SecondOrderEnd = false) : DpmSolverSde(FirstOrder, SecondOrderEnd)
{
    /// <summary>
    /// Whether half of the second difference counts with the sign that diffusers gives it, rather than with k-diffusion's, which is DPM-Solver++(3M)'s.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool AsDiffusers { get; init; }

    private protected override int Order => 3;

    private protected override double HalfBend => AsDiffusers ? -base.HalfBend : base.HalfBend;
}
