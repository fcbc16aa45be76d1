using Mcdm.Diffusion.Process;
using Mcdm.Diffusion.Schedules;

namespace Mcdm.Diffusion.Samplers;

/// <summary>
/// The linear multistep method of Crowson's k-diffusion (2022), of Adams and Bashforth's kind: ε is the polynomial in σ/α through the last guesses.
/// </summary>
/// <param name="Order">Guesses that a step takes, 1…4.</param>
public sealed record Lms(int Order = 4) : Multistep
{
    private protected override bool IsOfNoise => true;

    private protected override int OrderAt(NoiseLevel s, SamplingRun run) => Order;

    private protected override IReadOnlyList<double> Weights(IReadOnlyList<NoiseLevel> levels, NoiseLevel s)
    {
        double from = levels[0].ExplodingSigma, way = s.ExplodingSigma - from;
        return PolynomialWeights.Of([.. levels.Select(level => (level.ExplodingSigma - from) / way)]);
    }

    internal override void Check(DiffusionProcess process) => RequireOrder(Order, 4);

    internal override int Remembers => Order - 1;

    internal override bool DividesByAlpha => true;

    internal override SpacingRule Spacing => SpacingRule.Between;
}
