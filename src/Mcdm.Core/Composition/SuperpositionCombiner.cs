using Mcdm.Sampling;
using static TorchSharp.torch;

namespace Mcdm.Composition;

/// <summary>
/// SuperDiff's AND (Skreta et al. 2025): <c>ε_c = ε_u + N Σ κ_i w_i (ε_i − ε_u)</c> with shares κ that sum to one and keep the
/// log-densities of all N experts equal along the path; κ_i = 1/N is the product. In variance-exploding coordinates, x̄ = z/√ᾱ and
/// σ² = (1−ᾱ)/ᾱ with scores s_i = −ε_i/σ, a step of the reverse process moves expert i's log-density by Itô's estimator
/// <c>⟨dx̄, s_i⟩ − ½ Δσ² ‖s_i‖²</c>, whatever dx̄ was. What a step did is known when the next prediction is asked for, so the shares
/// make up for it then: each step solves for the κ that its expected move ends in equal densities with.
/// </summary>
internal sealed class SuperpositionCombiner(NoiseSchedule schedule, IReadOnlyList<int> levels) : ICombiner, IDisposable
{
    /// <summary>Differences of log-density that a step's shares can make, in nats, below which they stay near 1/N rather than chase noise.</summary>
    private const double Damping = 0.1;

    private readonly Dictionary<int, int> _next = levels.Zip(levels.Skip(1)).ToDictionary(pair => pair.First, pair => pair.Second);
    private double[][] _logDensities = [];
    private State? _before;

    /// <summary>Log-densities of each picture's experts along its path, up to a constant: [pictures][experts], NaN for experts that do not speak for it.</summary>
    public IReadOnlyList<double[]> LogDensities => _logDensities;

    public IReadOnlyList<Tensor> Factors(Tensor z, int t, IReadOnlyList<Prediction> predictions)
    {
        var conditional = predictions.Where(prediction => !prediction.IsUnconditional).ToList();
        if (conditional.Count == 0) { return [ones([1, 1, 1, 1], device: z.device)]; }
        int pictures = (int)z.shape[0];
        double sigma = Sigma(t), variance = sigma * sigma - Sigma(_next[t]) * Sigma(_next[t]);
        var x = z / Math.Sqrt(schedule.AlphaBar(t));
        var unconditional = Spread(z, predictions[^1], -predictions[^1].Noise / sigma);
        var scores = conditional.ConvertAll(prediction => Spread(z, prediction, -prediction.Noise / sigma));
        var weights = conditional.ConvertAll(prediction => prediction.Term.Weights(t, z.device));
        var pulls = conditional.Select((prediction, i) => Spread(z, prediction, weights[i] * prediction.Term.Take(scores[i] - unconditional))).ToList();
        bool[][] speaks = conditional.ConvertAll(prediction => Speaks(prediction, pictures)).ToArray();
        FollowPath(x, pictures, speaks);

        var norms = scores.ConvertAll(score => Dot(score, score));
        var toUnconditional = scores.ConvertAll(score => Dot(score, unconditional));
        var toPulls = scores.ConvertAll(score => pulls.ConvertAll(pull => Dot(score, pull)));
        var shares = conditional.ConvertAll(_ => new float[pictures]);
        for (int picture = 0; picture < pictures; picture++)
        {
            int[] present = Enumerable.Range(0, conditional.Count).Where(i => speaks[i][picture]).ToArray();
            double n = present.Length;
            if (n == 0) { continue; }
            // Expert i's log-density after the step is a_i + Σ_j M_ij κ_j.
            double[] kappa = Equalize(
                present.Select(i => _logDensities[picture][i] + variance * (toUnconditional[i][picture] - norms[i][picture] / 2)).ToArray(),
                present.Select(i => present.Select(j => n * variance * toPulls[i][j][picture]).ToArray()).ToArray());
            foreach (var (i, share) in present.Zip(kappa)) { shares[i][picture] = (float)(n * share); }
        }
        _before = new State(x.DetachFromDisposeScope(), scores.ConvertAll(score => score.DetachFromDisposeScope()), norms, variance);
        return Combiners.WithRest(z, predictions, conditional.Select((prediction, i) =>
            weights[i] * prediction.Term.Take(tensor(shares[i], [pictures, 1, 1, 1], device: z.device))).ToList());
    }

    /// <summary>The shares, summing to one, that bring all of a + M κ as near to each other as their effect, damped, allows.</summary>
    internal static double[] Equalize(double[] a, double[][] m)
    {
        int n = a.Length;
        if (n == 1) { return [1]; }
        using var scope = NewDisposeScope();
        var centred = eye(n, dtype: ScalarType.Float64) - 1.0 / n;
        var effect = tensor(m.SelectMany(row => row).ToArray(), [n, n]);
        var even = full([n], 1.0 / n, dtype: ScalarType.Float64);
        var gap = centred.matmul(tensor(a) + effect.matmul(even));
        var reach = centred.matmul(effect).matmul(centred);
        var change = linalg.solve(reach.t().matmul(reach) + Damping * Damping * eye(n, dtype: ScalarType.Float64), -reach.t().matmul(gap));
        return (even + centred.matmul(change)).data<double>().ToArray();
    }

    /// <summary>Adds what the last step did to each expert's log-density.</summary>
    private void FollowPath(Tensor x, int pictures, bool[][] speaks)
    {
        if (_before is not { } before)
        {
            _logDensities = Enumerable.Range(0, pictures).Select(picture => speaks.Select(rows => rows[picture] ? 0 : double.NaN).ToArray()).ToArray();
            return;
        }
        var moved = x - before.X;
        for (int i = 0; i < before.Scores.Count; i++)
        {
            double[] along = Dot(moved, before.Scores[i]);
            for (int picture = 0; picture < pictures; picture++) { _logDensities[picture][i] += along[picture] - before.Variance * before.Norms[i][picture] / 2; }
        }
        before.Dispose();
        _before = null;
    }

    private double Sigma(int t) => Math.Sqrt((1 - schedule.AlphaBar(t)) / schedule.AlphaBar(t));

    private static bool[] Speaks(Prediction prediction, int pictures) =>
        Enumerable.Range(0, pictures).Select(picture => prediction.Term.Rows?.Contains(picture) ?? true).ToArray();

    /// <summary>Values of an expert's pictures at their places in the batch, 0 elsewhere.</summary>
    private static Tensor Spread(Tensor z, Prediction prediction, Tensor values)
    {
        var batch = zeros_like(z);
        prediction.Term.AddTo(batch, values);
        return batch;
    }

    private static double[] Dot(Tensor a, Tensor b) => (a * b).to(ScalarType.Float64).flatten(1).sum(1).cpu().data<double>().ToArray();

    /// <summary>Gives the memory of the last step back.</summary>
    public void Dispose() => _before?.Dispose();

    private sealed record State(Tensor X, List<Tensor> Scores, List<double[]> Norms, double Variance) : IDisposable
    {
        public void Dispose()
        {
            X.Dispose();
            foreach (var score in Scores) { score.Dispose(); }
        }
    }
}
