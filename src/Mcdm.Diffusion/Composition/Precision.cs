using System.Text.Json.Serialization;
using Mcdm.Diffusion.Process;
using static TorchSharp.torch;

namespace Mcdm.Diffusion.Composition;

/// <summary>
/// Weighs each condition's push by how much its expert leaves open: exact for Gaussian posteriors p(z_0|z_t, x_i) of covariance C_i, whose product has <c>D
/// = Λ⁻¹ [Σ C_i⁻¹ D_i + (1−N) C_u⁻¹ D_u], Λ = Σ C_i⁻¹ + (1−N) C_u⁻¹</c> (GAUSS, Linhart et al. 2024); (12) is the case of equal C. Here C_i is diagonal in
/// an orthonormal Haar basis, one variance v_i ≤ v_u for each expert, band and noise level (<see cref="VarianceTable"/>), so that, with m_j = w_j within
/// 0…1, <c>κ_i = (1/v_i) / (1/v_i + Σ_{j≠i} m_j (1/v_j − 1/v_u))</c>. A negative weight (NOT) takes no part.
/// </summary>
/// <remarks>
/// Exact where posteriors are Gaussian, repeated noisy measurements included; a condition that leaves nothing open, given twice, is given once. A band is
/// informed in some places and not in others, so a sentence loses its say where a sketch is sure; there <see cref="Projection"/> asks place by place.
/// </remarks>
/// <param name="Rescale">φ.</param>
public sealed record Precision(double Rescale = 0) : SharedSum(Rescale)
{
    /// <summary>Hash of the table that was used; null until a model gave one.</summary>
    public string? Table { get; init; }

    /// <summary>The table.</summary>
    [JsonIgnore]
    internal VarianceTable? Variances { get; init; }

    /// <inheritdoc/>
    public override Combiner Prepared(VarianceTable? variances, IReadOnlyList<string> experts, string? autoencoder, int height, int width)
    {
        string missing = variances is null ? "the model has no table of them"
            : variances.Autoencoder != autoencoder ? "the model's table is of another space"
            : experts.FirstOrDefault(expert => !variances.Experts.ContainsKey(expert)) is { } unknown ? $"the model's table has none of the {unknown} expert"
            : HaarBands.ScalesOf(height, width) < variances.Scales
                ? $"the model's table is of pictures that can be halved {variances.Scales} times, as these cannot"
            : "";
        return missing.Length == 0 ? this with { Variances = variances, Table = variances!.Hash }
            : throw new McdmException("VariancesMissing", ErrorKind.InvalidArgument,
                $"The combiner Precision weighs experts by their variances, and {missing}: measure them with Measure-McdmVariance and write them with "
                    + "Export-McdmModel -Variance, or take the combiner Projection, which needs none.");
    }

    private protected override Tensor Counted(Tensor differences, Tensor parts, Predictions predictions, NoiseLevel level)
    {
        var table = Variances ?? throw new InvalidOperationException("The table of variances has not been given.");
        double[] open = table.At(VarianceTable.Unconditional, level.Lambda);
        double[][] leaves = [.. predictions.Experts.Select(expert => table.At(expert, level.Lambda).Zip(open, Math.Min).ToArray())];
        // The basis lies elsewhere at every level, so that its blocks are not seen; the same for all pictures.
        long side = 1L << table.Scales, down = level.Nearest % side, across = level.Nearest / side % side;
        long[] there = [down, across], back = [-down, -across], plane = [-2, -1];
        bool isMap = parts.shape[^1] > 1 || parts.shape[^2] > 1;
        var m = isMap ? parts.roll(there, plane) : parts;
        var counted = HaarBands.Split(differences.roll(there, plane), table.Scales).Select((push, band) =>
        {
            var part = isMap ? nn.functional.adaptive_avg_pool2d(m.flatten(0, 1), push.shape[^2..]).reshape([.. push.shape[..2], 1, .. push.shape[^2..]]) : m;
            var precision = tensor(leaves.Select(v => (float)(1 / v[band])).ToArray(), device: push.device).reshape(-1, 1, 1, 1, 1);
            var beyond = part * (precision - (float)(1 / open[band]));
            return push * (precision / (precision + beyond.sum(dim: 0, keepdim: true) - beyond));
        }).ToList();
        return where(predictions.Weights < 0, differences, HaarBands.Join(counted).roll(back, plane));
    }
}
