using System.Text.Json.Serialization;
using Mcdm.Modalities;
using static System.FormattableString;
using static TorchSharp.torch;

namespace Mcdm.Experts;

/// <summary>What paired pictures show at one noise level, as means over their numbers.</summary>
/// <param name="Level">Noise level t.</param>
/// <param name="NoiseToSignal">(1−ᾱ_t)/ᾱ_t.</param>
/// <param name="Products">⟨δ_i, δ_j⟩ of each pair of experts, row by row.</param>
/// <param name="Targets">⟨δ_i, ε − ε_u⟩ of each expert.</param>
public sealed record CalibrationLevel(int Level, double NoiseToSignal, IReadOnlyList<double> Products, IReadOnlyList<double> Targets);

/// <summary>
/// Reliability weights fitted in closed form: at each noise level the least squares of <c>ε − ε_u</c> on <c>δ_i = ε_i − ε_u</c> over
/// pictures that have all labels, with a ridge towards 1, smoothed over the levels. Experts that say the same thing twice, as a
/// sketch and a mask do of an outline, get less than 1 together. It holds the sums that the fit needs, so the weights of any
/// subset of the experts come out of it.
/// </summary>
public sealed record WeightCalibration
{
    /// <summary>Name of the model it was fitted to.</summary>
    public required string Model { get; init; }

    /// <summary>Names of the experts, in the order of the sums.</summary>
    public IReadOnlyList<string> Experts { get; init; } = [];

    /// <summary>The experts as files of the first version have them, by their modalities.</summary>
    [JsonInclude]
    [JsonPropertyName("modalities")]
    internal IReadOnlyList<Modality>? Modalities
    {
        get => null;
        init
        {
            if (value is not null) { Experts = value.Select(modality => modality.ExpertName).ToList(); }
        }
    }

    /// <summary>Pictures it was fitted to.</summary>
    public required int Pictures { get; init; }

    /// <summary>Pull towards 1 where there is as much noise as signal, as a share of each expert's own ⟨δ_i, δ_i⟩; it grows with the noise.</summary>
    public required double Ridge { get; init; }

    /// <summary>The sums at each noise level, rising.</summary>
    public required IReadOnlyList<CalibrationLevel> Levels { get; init; }

    /// <summary>The weights of all its experts together, by name.</summary>
    [JsonIgnore]
    public IReadOnlyDictionary<string, WeightSchedule> Weights => For(Experts);

    /// <summary>The weights of some of its experts, composed without the others, by name.</summary>
    /// <exception cref="McdmException"><c>CalibrationExpert</c>: it knows nothing of one of them.</exception>
    public IReadOnlyDictionary<string, WeightSchedule> For(IReadOnlyCollection<string> experts)
    {
        var unknown = experts.Except(Experts).ToList();
        if (unknown.Count > 0)
        {
            throw new McdmException("CalibrationExpert", ErrorKind.InvalidArgument,
                $"The weights were fitted for {string.Join(", ", Experts)}, not for {string.Join(", ", unknown)}; fit them anew with Optimize-McdmWeight on a dataset that has all of them.");
        }
        int[] chosen = experts.Select(expert => Experts.ToList().IndexOf(expert)).Order().ToArray();
        var fitted = Levels.Select(level => Fit(level, chosen)).ToList();
        return chosen.Select((index, i) => (Expert: Experts[index], Schedule: new WeightSchedule(Levels.Select((level, k) =>
            new WeightPoint(level.Level, Math.Round(Smoothed(fitted, k, i), 5)))))).ToDictionary(entry => entry.Expert, entry => entry.Schedule);
    }

    /// <summary>w = 1 + (G + λ diag G)⁻¹ (b − G 1), with λ the ridge times (1−ᾱ)/ᾱ.</summary>
    private double[] Fit(CalibrationLevel level, int[] chosen)
    {
        if (chosen.Length == 0) { return []; }
        using var scope = NewDisposeScope();
        int n = chosen.Length;
        var products = tensor(chosen.SelectMany(i => chosen.Select(j => level.Products[i * Experts.Count + j])).ToArray(), [n, n]);
        var targets = tensor(chosen.Select(i => level.Targets[i]).ToArray());
        var ridge = diag(products.diagonal() * (Ridge * level.NoiseToSignal) + 1e-12);
        return (1 + linalg.solve(products + ridge, targets - products.sum(1))).data<double>().ToArray();
    }

    /// <summary>The mean of a level and its neighbours, with weights 1, 2, 1.</summary>
    private static double Smoothed(List<double[]> fitted, int level, int expert) =>
        (fitted[Math.Max(0, level - 1)][expert] + 2 * fitted[level][expert] + fitted[Math.Min(fitted.Count - 1, level + 1)][expert]) / 4;

    /// <summary>What is wrong with a calibration that was read from a file; null where nothing is.</summary>
    internal string? Problem() =>
        Experts is not { Count: > 0 } || Experts.Distinct().Count() != Experts.Count || Experts.Any(string.IsNullOrWhiteSpace) ? "they are of no experts"
        : Levels is not { Count: > 0 } ? "there are no noise levels"
        : !(Ridge >= 0) ? Invariant($"the ridge is {Ridge}")
        : Levels.Any(level => level is not { Level: > 0, NoiseToSignal: > 0, Products: not null, Targets: not null } || level.Products.Count != Experts.Count * Experts.Count
            || level.Targets.Count != Experts.Count || !level.Products.Concat(level.Targets).All(double.IsFinite)) ? "the sums of a noise level do not fit the experts"
        : Levels.Select(level => level.Level).Distinct().Count() != Levels.Count ? "a noise level occurs twice"
        : null;

    /// <inheritdoc/>
    public override string ToString() => $"weights of {string.Join(", ", Experts)} over {Levels.Count} noise levels, from {Pictures} pictures";
}
