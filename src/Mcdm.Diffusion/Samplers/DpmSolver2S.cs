using System.Text.Json.Serialization;
using Mcdm.Diffusion.Process;
using Mcdm.Diffusion.Schedules;
using static TorchSharp.torch;

namespace Mcdm.Diffusion.Samplers;

/// <summary>
/// DPM-Solver++(2S): Lu et al. 2022, algorithm 1: steps in pairs, of which the second goes from where the first began, by both guesses. The last of a run
/// is of first order.
/// </summary>
/// <param name="HeunType">Whether the mean of both guesses is that of the line through them on the way.</param>
public sealed record DpmSolver2S(bool HeunType = false) : Multistep
{
    /// <summary>Whether the last step of an even number, to a level with noise, is of second order too.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool SecondOrderEnd { get; init; }

    internal override Tensor Step(Tensor z, NoiseLevel t, NoiseLevel s, Tensor z0, Tensor epsilon, SamplingRun run)
    {
        bool isSecond = run.Done % 2 == 1 && !s.IsClean && (run.Left > 0 || SecondOrderEnd);
        if (!isSecond || run.Earlier is not [var first, ..]) { return base.Step(z, t, s, z0, epsilon, run); }
        return Arrive(first.Z, first.Level, s, Mean([first, new(z, z0, epsilon, t)], Weights([first.Level, t], s)), run);
    }

    private protected override int OrderAt(NoiseLevel s, SamplingRun run) => 1;

    private protected override IReadOnlyList<double> Weights(IReadOnlyList<NoiseLevel> levels, NoiseLevel s)
    {
        double[] places = PolynomialWeights.PlacesOf(levels, s);
        return HeunType ? PolynomialWeights.Of(places, s.Lambda - levels[0].Lambda) : [1 - 0.5 / places[1], 0.5 / places[1]];
    }

    internal override int Remembers => 1;

    internal override bool DividesByAlpha => true;

    internal override SpacingRule Spacing => SpacingRule.OneMore;
}
