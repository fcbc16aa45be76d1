using System.Text.Json.Serialization;
using Mcdm.Diffusion.Process;
using Mcdm.Diffusion.Schedules;

namespace Mcdm.Diffusion.Samplers;

/// <summary>
/// DPM-Solver++(2M): Lu et al. 2022, algorithm 2, with λ = log(α/σ). Second order, the fewest steps. A step without a guess before it is of first
/// order, and so is one to the picture.
/// </summary>
/// <param name="FirstOrder">Whether all steps are of first order.</param>
/// <param name="SecondOrderEnd">Whether the last step of a run under 15, to a level with noise, is of full order too.</param>
public record DpmSolver(bool FirstOrder = false, bool SecondOrderEnd = false) : Multistep
{
    private const int FewSteps = 15;

    /// <summary>Whether the mean of guesses is that of the line through them on the way, rather than the guess halfway.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool HeunType { get; init; }

    /// <summary>Whether the last step is of first order however many there are.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool FirstOrderEnd { get; init; }

    /// <summary>Whether ε is followed and not z_0: DPM-Solver (Lu et al. 2022a).</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool FollowsNoise { get; init; }

    /// <summary>The most guesses that a step takes.</summary>
    private protected virtual int Order => 2;

    /// <summary>By what the way from one level to another counts, as a multiple of h.</summary>
    private protected virtual double Exponent => FollowsNoise ? -1 : 1;

    private protected override bool IsOfNoise => FollowsNoise;

    private protected override int OrderAt(NoiseLevel s, SamplingRun run)
    {
        bool lowers = !SecondOrderEnd && run.Count < FewSteps;
        return FirstOrder || s.IsClean || (run.Left == 0 && (FirstOrderEnd || lowers)) ? 1
            : run.Left == 1 && lowers ? Math.Min(2, Order) : Order;
    }

    private protected override IReadOnlyList<double> Weights(IReadOnlyList<NoiseLevel> levels, NoiseLevel s)
    {
        double h = s.Lambda - levels[0].Lambda;
        if (levels.Count == 3) { return ThirdOrder(levels, h); }
        if (HeunType) { return PolynomialWeights.Of(PolynomialWeights.PlacesOf(levels, s), Exponent * h); }
        double ratio = h / (2 * (levels[0].Lambda - levels[1].Lambda));
        return [1 + ratio, -ratio];
    }

    /// <summary>DPM-Solver++(3M), as its authors' program has it: <c>m + c_1 D_1 + c_2 D_2</c>, in divided differences of the guesses.</summary>
    private double[] ThirdOrder(IReadOnlyList<NoiseLevel> levels, double h)
    {
        double first = (levels[0].Lambda - levels[1].Lambda) / h, second = (levels[1].Lambda - levels[2].Lambda) / h, both = first + second;
        double x = Exponent * h, share = 1 - Math.Exp(-x), slope = (1 - share / x) / share, bend = (HalfBend - (x - share) / (x * x)) / share;
        // Of (m_0 − m_1)/r_0 and (m_1 − m_2)/r_1.
        double near = slope * (1 + first / both) + bend / both, far = -slope * first / both - bend / both;
        return [1 + near / first, far / second - near / first, -far / second];
    }

    /// <summary>What is left of the second difference's coefficient where h is nothing.</summary>
    private protected virtual double HalfBend => 0.5;

    internal override int Remembers => Order - 1;

    internal override bool DividesByAlpha => true;

    internal override SpacingRule Spacing => SpacingRule.OneMore;
}

/// <summary>DPM-Solver++(3M): as <see cref="DpmSolver"/>, of third order where there are two guesses before.</summary>
/// <inheritdoc cref="DpmSolver(bool, bool)" path="/param"/>
public sealed record DpmSolver3(bool FirstOrder = false, bool SecondOrderEnd = false) : DpmSolver(FirstOrder, SecondOrderEnd)
{
    private protected override int Order => 3;
}
