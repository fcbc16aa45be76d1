using System.Text.Json.Serialization;
using Mcdm.Diffusion.Process;
using Mcdm.Diffusion.Schedules;
using static TorchSharp.torch;

namespace Mcdm.Diffusion.Samplers;

/// <summary>
/// UniPC (Zhao et al. 2023): where a step has arrived, the guess there corrects it (UniC), and the next goes on from what is corrected (UniP). Guesses are
/// integrated as the polynomial in λ through them; with two points its authors take half the slope.
/// </summary>
/// <param name="Order">Guesses that a step takes, 1…3.</param>
/// <param name="FullOrderEnd">Whether the last steps are of full order too.</param>
public sealed record UniPc(int Order = 2, bool FullOrderEnd = false) : Multistep
{
    /// <summary>Whether B(h) is h, and not e^h − 1 (their section 3.3): it matters with two points alone.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool PlainB { get; init; }

    /// <summary>Whether ε is followed and not z_0.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool FollowsNoise { get; init; }

    private protected override bool IsOfNoise => FollowsNoise;

    internal override Tensor Step(Tensor z, NoiseLevel t, NoiseLevel s, Tensor z0, Tensor epsilon, SamplingRun run)
    {
        if (run.Earlier is [var last, ..])
        {
            var now = new SamplingGuess(z, z0, epsilon, t);
            int order = Math.Min(OrderWith(run.Left + 1), run.Earlier.Count);
            SamplingGuess[] guesses = [last, now, .. run.Earlier.Skip(1).Take(order - 1)];
            z = Arrive(last.Z, last.Level, t, Mean(guesses, Weights([.. guesses.Select(guess => guess.Level)], t)), run);
            run.StandsAt(z);
        }
        return base.Step(z, t, s, z0, epsilon, run);
    }

    private protected override int OrderAt(NoiseLevel s, SamplingRun run) => s.IsClean ? 1 : OrderWith(run.Left);

    private protected override IReadOnlyList<double> Weights(IReadOnlyList<NoiseLevel> levels, NoiseLevel s)
    {
        double h = (FollowsNoise ? -1 : 1) * (s.Lambda - levels[0].Lambda);
        double[] places = PolynomialWeights.PlacesOf(levels, s);
        if (levels.Count > 2) { return PolynomialWeights.Of(places, h); }
        double half = 0.5 / places[1] * (PlainB ? h / (1 - Math.Exp(-h)) : 1);
        return [1 - half, half];
    }

    /// <summary>The order of a step with some steps after it.</summary>
    private int OrderWith(int left) => FullOrderEnd ? Order : Math.Min(Order, left + 1);

    internal override void Check(DiffusionProcess process) => RequireOrder(Order, 3);

    internal override int Remembers => Order;

    internal override bool DividesByAlpha => true;

    internal override SpacingRule Spacing => SpacingRule.OneMore;
}
