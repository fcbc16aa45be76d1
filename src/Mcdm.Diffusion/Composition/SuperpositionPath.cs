using Mcdm.Diffusion.Process;
using Mcdm.Diffusion.Samplers;
using static TorchSharp.torch;

namespace Mcdm.Diffusion.Composition;

/// <summary>
/// What a superposition knows of one run: the log-densities of its experts. In variance-exploding coordinates, x̄ = z/α with deviation σ/α and scores
/// s_i = −ε_i α/σ, a step of the reverse process moves expert i's log-density by Itô's estimator <c>⟨dx̄, s_i⟩ − ½ Δσ² ‖s_i‖²</c>, whatever dx̄ was. What a
/// step did is known when the next prediction is asked for, so the shares make up for it then: each step solves for the κ that its expected move ends in equal
/// densities with.
/// </summary>
/// <param name="steps">The steps that the sampler takes.</param>
public sealed class SuperpositionPath(IReadOnlyList<LevelStep> steps) : ICompositionRule, IDisposable
{
    /// <summary>Differences of log-density that a step's shares can make, in nats, below which they stay near 1/N rather than chase noise.</summary>
    private const double Damping = 0.1;

    private readonly Dictionary<NoiseLevel, NoiseLevel> _next = steps.ToDictionary(step => step.From, step => step.To);
    private State? _before;

    /// <summary>Log-densities of each picture's experts along its path, up to a constant: [pictures][experts], NaN for experts that do not act in it.</summary>
    internal double[][] LogDensities { get; private set; } = [];

    /// <inheritdoc/>
    public Tensor Compose(Tensor z, NoiseLevel level, Predictions predictions)
    {
        var (unconditional, conditional, weights, acts, _) = predictions;
        if (predictions.Terms == 0) { return unconditional; }
        double sigma = level.ExplodingSigma, next = _next[level].ExplodingSigma, variance = sigma * sigma - next * next;
        var x = z / level.Alpha;
        FollowPath(x, acts);

        // ⟨s_i, s_i⟩, ⟨s_i, s_u⟩ and ⟨s_i, w_j (s_j − s_u)⟩ of each picture, with the scores s = −ε/σ.
        var differences = predictions.Differences();
        var (scores, unconditionalScore, pulls) = (-conditional / sigma, -unconditional / sigma, -weights * differences / sigma);
        var norms = Dots(scores, scores);
        var toUnconditional = Dots(scores, unconditionalScore.unsqueeze(0));
        var toPulls = Enumerable.Range(0, predictions.Terms).Select(j => Dots(scores, pulls.narrow(0, j, 1))).ToList();
        var shares = new float[predictions.Terms, predictions.Pictures];
        for (int picture = 0; picture < predictions.Pictures; picture++)
        {
            int[] present = Enumerable.Range(0, predictions.Terms).Where(i => acts[i][picture]).ToArray();
            double n = present.Length;
            if (n == 0) { continue; }
            // Expert i's log-density after the step is a_i + Σ_j M_ij κ_j.
            double[] kappa = Equalize(
                present.Select(i => LogDensities[picture][i] + variance * (toUnconditional[i, picture] - norms[i, picture] / 2)).ToArray(),
                present.Select(i => present.Select(j => n * variance * toPulls[j][i, picture]).ToArray()).ToArray());
            foreach (var (i, share) in present.Zip(kappa)) { shares[i, picture] = (float)(n * share); }
        }
        _before = new State(x.DetachFromDisposeScope(), scores.DetachFromDisposeScope(), norms, variance);
        return unconditional + (tensor(shares, device: z.device).reshape(predictions.Terms, predictions.Pictures, 1, 1, 1) * weights * differences).sum(dim: 0);
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
    private void FollowPath(Tensor x, IReadOnlyList<bool[]> acts)
    {
        int pictures = (int)x.shape[0];
        if (_before is not { } before)
        {
            LogDensities = Enumerable.Range(0, pictures).Select(picture => acts.Select(rows => rows[picture] ? 0 : double.NaN).ToArray()).ToArray();
            return;
        }
        double[,] along = Dots(before.Scores, (x - before.X).unsqueeze(0));
        for (int i = 0; i < acts.Count; i++)
        {
            for (int picture = 0; picture < pictures; picture++)
            {
                LogDensities[picture][i] += along[i, picture] - before.Variance * before.Norms[i, picture] / 2;
            }
        }
        before.Dispose();
        _before = null;
    }

    /// <summary>Products over channels and places: [terms, pictures] of [terms, pictures, …].</summary>
    private static double[,] Dots(Tensor a, Tensor b)
    {
        using var scope = NewDisposeScope();
        var dots = (a * b).to(ScalarType.Float64).flatten(2).sum(2).cpu();
        var (values, terms, pictures) = (dots.data<double>().ToArray(), (int)dots.shape[0], (int)dots.shape[1]);
        var result = new double[terms, pictures];
        Buffer.BlockCopy(values, 0, result, 0, values.Length * sizeof(double));
        return result;
    }

    /// <summary>Disposes what the last step left.</summary>
    public void Dispose() => _before?.Dispose();

    private sealed record State(Tensor X, Tensor Scores, double[,] Norms, double Variance) : IDisposable
    {
        public void Dispose()
        {
            X.Dispose();
            Scores.Dispose();
        }
    }
}
