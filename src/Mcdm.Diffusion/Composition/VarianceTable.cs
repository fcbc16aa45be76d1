using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Mcdm.Diffusion.Composition;

/// <summary>How far an expert's guesses of z_0 lie from it at a noise level: a mean square for each Haar band, the finest scale first.</summary>
/// <param name="Lambda">The level, as λ = log(α/σ).</param>
/// <param name="Variances">Mean squared residual of each band.</param>
public sealed record BandVariances(double Lambda, IReadOnlyList<double> Variances);

/// <summary>
/// What each expert of a model leaves open of its pictures: E(z_0 − D_i)² by noise level and Haar band, from pictures of its own. <see cref="Precision"/>
/// weighs experts by it.
/// </summary>
public sealed record VarianceTable
{
    /// <summary>What ε_u is called in the table.</summary>
    public const string Unconditional = "unconditional";

    /// <summary>Each expert's variances by its name, the levels rising in λ.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<BandVariances>> Experts { get; init; }

    /// <summary>Pictures of each expert that it was measured with.</summary>
    public required IReadOnlyDictionary<string, int> Pictures { get; init; }

    /// <summary>Identity of the autoencoder whose latents the experts work in; null for pixels.</summary>
    public string? Autoencoder { get; init; }

    /// <summary>How often the Haar basis halves a picture.</summary>
    [JsonIgnore]
    public int Scales => HaarBands.Scales(Experts[Unconditional][0].Variances.Count);

    /// <summary>Tells this table from others, in 16 hexadecimal digits.</summary>
    [JsonIgnore]
    public string Hash => Convert.ToHexString(SHA256.HashData(
        JsonSerializer.SerializeToUtf8Bytes(Experts.OrderBy(expert => expert.Key, StringComparer.Ordinal))))[..16].ToLowerInvariant();

    /// <summary>An expert's variance in each band at a level, between those measured by even steps of log v in λ.</summary>
    /// <param name="expert">Its name.</param>
    /// <param name="lambda">λ = log(α/σ).</param>
    internal double[] At(string expert, double lambda)
    {
        var levels = Experts[expert];
        int next = levels.TakeWhile(level => level.Lambda < lambda).Count();
        if (next == 0 || next == levels.Count) { return [.. levels[Math.Min(next, levels.Count - 1)].Variances]; }
        var (before, after) = (levels[next - 1], levels[next]);
        double share = (lambda - before.Lambda) / (after.Lambda - before.Lambda);
        return [.. before.Variances.Zip(after.Variances, (a, b) => Math.Pow(a, 1 - share) * Math.Pow(b, share))];
    }

    /// <summary>What is wrong with a table that was read, for a message; null for nothing.</summary>
    internal string? Problem()
    {
        if (Experts is null || Pictures is null || !Experts.TryGetValue(Unconditional, out var first))
        {
            return "it has no variances of the unconditional expert";
        }
        if (Experts.Values.Any(levels => levels is not { Count: > 0 } || levels.Any(level => level?.Variances is not { Count: > 0 })))
        {
            return "an expert has no levels";
        }
        int bands = first[0].Variances.Count;
        var all = Experts.Values.SelectMany(levels => levels).ToList();
        return bands != HaarBands.Count(HaarBands.Scales(bands)) || all.Any(level => level.Variances.Count != bands)
                ? "its levels have different numbers of bands"
            : !all.TrueForAll(level => double.IsFinite(level.Lambda)) ? "a level is no number"
            : !all.TrueForAll(level => level.Variances.All(value => value > 0 && double.IsFinite(value))) ? "a variance is no number above 0"
            : Experts.Values.Any(levels => levels.Zip(levels.Skip(1)).Any(pair => pair.First.Lambda >= pair.Second.Lambda)) ? "its levels do not rise"
            : null;
    }
}
