using Mcdm.Diffusion.Process;
using Mcdm.Diffusion.Schedules;

namespace Mcdm.Diffusion.Samplers;

/// <summary>DEIS (Zhang and Chen 2023), its log ρ kind, ρ = σ/α: ε is the polynomial in log ρ through the last guesses, and is integrated exactly.</summary>
/// <param name="Order">Guesses that a step takes, 1…3.</param>
/// <param name="FullOrderEnd">Whether the last steps of a run under 15 are of full order too.</param>
public sealed record Deis(int Order = 2, bool FullOrderEnd = false) : Multistep
{
    private const int FewSteps = 15;

    private protected override bool IsOfNoise => true;

    private protected override int OrderAt(NoiseLevel s, SamplingRun run) =>
        s.IsClean ? 1 : !FullOrderEnd && run.Count < FewSteps ? Math.Min(Order, run.Left + 1) : Order;

    private protected override IReadOnlyList<double> Weights(IReadOnlyList<NoiseLevel> levels, NoiseLevel s) =>
        PolynomialWeights.Of(PolynomialWeights.PlacesOf(levels, s), levels[0].Lambda - s.Lambda);

    internal override void Check(DiffusionProcess process) => RequireOrder(Order, 3);

    internal override int Remembers => Order - 1;

    internal override bool DividesByAlpha => true;

    internal override SpacingRule Spacing => SpacingRule.OneMore;
}
