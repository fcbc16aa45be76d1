using Mcdm.Diffusion.Composition;
using Mcdm.Diffusion.Process;
using static TorchSharp.torch;

namespace Mcdm.Experts;

/// <summary>
/// How far a run went where each condition wanted it: its lift, <c>Σ (‖x̂_u − z_0‖² − ‖x̂_i − z_0‖²) ÷ Σ ‖x̂_i − x̂_u‖²</c> over the levels at which the
/// picture is decided, with x̂_u and x̂_i what is guessed of z_0 without and with the condition, and z_0 the run's own end. 1: it became what the condition's
/// expert guessed; −1: what was guessed without it; below 0 it was hardly followed. After CompLift (Yu and Yeh 2025), whose sum over ε tells nothing
/// here; running sums do, so that no prediction is kept.
/// </summary>
internal sealed class LiftLog : IDisposable
{
    /// <summary>The log-SNR of the levels that count: before, nothing is settled; after, all is.</summary>
    private const double First = -3, Last = 1;

    private const int Digits = 3;

    /// <summary>Σ ‖x̂_u‖² − ‖x̂_i‖², and Σ ‖x̂_i − x̂_u‖²: float64 [J, B].</summary>
    private Tensor? _lengths, _squares;

    /// <summary>Σ x̂_i − x̂_u: [J, B, C, H, W].</summary>
    private Tensor? _pushes;

    /// <summary>Takes note of the predictions at z_t. Where a picture has no ε_u, or a condition does not act, nothing is added.</summary>
    public void Record(Tensor z, NoiseLevel level, Predictions predictions)
    {
        double logSnr = 2 * Math.Log(level.Alpha / level.Sigma);
        if (predictions.Terms == 0 || !(logSnr > First && logSnr < Last) || !predictions.HasUnconditional.Contains(true)) { return; }
        using var scope = NewDisposeScope();
        var counts = (predictions.Weights != 0).to(z.dtype)
            * tensor(predictions.HasUnconditional.Select(has => has ? 1f : 0f).ToArray(), [1, predictions.Pictures, 1, 1, 1], device: z.device);
        var without = predictions.Kind.Denoised(predictions.Unconditional, z, level);
        var with = predictions.Kind.Denoised(predictions.Conditional, z, level);
        var pushes = (with - without) * counts;
        Add(ref _lengths, Sum(-pushes * (with + without)));
        Add(ref _squares, Sum(pushes.square()));
        Add(ref _pushes, pushes);
    }

    /// <summary>The lift of each term in each picture; null where nothing was seen of one.</summary>
    /// <param name="end">z_0 of the batch.</param>
    /// <returns>Given a term's place and a picture's number in the batch.</returns>
    public Func<int, int, double?> Of(Tensor end)
    {
        if (_pushes is null) { return (_, _) => null; }
        using var scope = NewDisposeScope();
        int pictures = (int)_pushes.shape[1];
        double[] gains = (_lengths! + 2 * Sum(_pushes * end)).cpu().data<double>().ToArray(), squares = _squares!.cpu().data<double>().ToArray();
        return (place, picture) =>
        {
            int at = place * pictures + picture;
            return squares[at] > 0 ? Math.Round(gains[at] / squares[at], Digits) : null;
        };
    }

    /// <summary>Forgets what was kept.</summary>
    public void Dispose()
    {
        foreach (var kept in new[] { _lengths, _squares, _pushes }) { kept?.Dispose(); }
    }

    private static Tensor Sum(Tensor x) => x.flatten(2).sum(2, type: ScalarType.Float64);

    private static void Add(ref Tensor? sum, Tensor x)
    {
        using var before = sum;
        sum = (before is null ? x.alias() : before + x).DetachFromDisposeScope();
    }
}
