using Mcdm.Diffusion.Samplers;
using static TorchSharp.torch;

namespace Mcdm.Diffusion.Composition;

/// <summary>
/// Feynman-Kac correction of a composition (Skreta et al. 2025). The reverse process that ε_c drives does not have the
/// marginals of Π p_i^β_i; K particles a sample (a batch is samples × particles, a sample's particles together), weighted by how far it strays and
/// resampled, do as K grows. A step adds
/// <c>c · (‖Σ w_i δ_i‖² − Σ w_i ‖δ_i‖²)</c> to a particle's log-weight, with <c>δ_i = ε_i − ε_u</c> and the sampler's factor c
/// (Δσ/σ for the probability flow in variance-exploding coordinates); no network is evaluated for it.
/// </summary>
public sealed class ParticleFilter : IStepCorrector
{
    private readonly ParticleOptions _options;
    private readonly double[][] _logWeights;
    private readonly Random[] _random;
    private readonly List<double[]> _effectiveSizes = [];

    /// <param name="seeds">One seed a sample.</param>
    /// <param name="options">Particles, temperature, threshold.</param>
    /// <exception cref="McdmException">A number of <paramref name="options"/> means nothing.</exception>
    public ParticleFilter(IReadOnlyList<long> seeds, ParticleOptions options)
    {
        options.Check();
        _options = options;
        _logWeights = seeds.Select(_ => new double[options.Particles]).ToArray();
        _random = seeds.Select(seed => new Random(Samplers.Seeds.Resampling(seed))).ToArray();
    }

    /// <summary>Effective sample size of each sample's particles after every step, 1…K: [steps][samples].</summary>
    public IReadOnlyList<double[]> EffectiveSizes => _effectiveSizes;

    /// <summary>The seeds of all particles: a sample's first has the sample's own, so that one particle is plain sampling.</summary>
    /// <param name="seeds">One seed a sample.</param>
    /// <param name="particles">Particles of each.</param>
    public static IReadOnlyList<long> Seeds(IReadOnlyList<long> seeds, int particles) =>
        seeds.SelectMany(seed => Enumerable.Range(0, particles).Select(k => Samplers.Seeds.OfParticle(seed, k))).ToList();

    /// <inheritdoc/>
    public long[]? AfterStep(double factor, Tensor agreement)
    {
        double[] agreements = agreement.cpu().data<double>().ToArray();
        int particles = _options.Particles;
        bool resampled = false;
        var ancestors = new long[_logWeights.Length * particles];
        var sizes = new double[_logWeights.Length];
        for (int sample = 0; sample < _logWeights.Length; sample++)
        {
            double[] logs = _logWeights[sample];
            for (int k = 0; k < particles; k++)
            {
                logs[k] += factor * agreements[sample * particles + k] / _options.Temperature;
                ancestors[sample * particles + k] = sample * particles + k;
            }
            double[] weights = Normalized(logs);
            sizes[sample] = 1 / weights.Sum(weight => weight * weight);
            if (sizes[sample] >= _options.ResampleThreshold * particles) { continue; }
            int[] chosen = Systematic(weights, _random[sample].NextDouble());
            for (int k = 0; k < particles; k++) { ancestors[sample * particles + k] = sample * particles + chosen[k]; }
            Array.Clear(logs);
            resampled = true;
        }
        _effectiveSizes.Add(sizes);
        return resampled ? ancestors : null;
    }

    /// <summary>The weights of all particles, normalised over each sample: [samples][particles].</summary>
    public IReadOnlyList<double[]> Weights => _logWeights.Select(Normalized).ToList();

    /// <summary>One particle of each sample, by its weight: its place in the batch.</summary>
    public long[] Draw() => [.. Weights.Select((weights, sample) => (long)sample * _options.Particles + Drawn(weights, _random[sample].NextDouble()))];

    private static int Drawn(double[] weights, double u)
    {
        int k = 0;
        for (double sum = weights[0]; u >= sum && k < weights.Length - 1; sum += weights[k]) { k++; }
        return k;
    }

    /// <summary>exp(log w) over their sum, through the largest so that nothing overflows.</summary>
    private static double[] Normalized(double[] logs)
    {
        double largest = logs.Max();
        double[] weights = Array.ConvertAll(logs, log => Math.Exp(log - largest));
        double sum = weights.Sum();
        return Array.ConvertAll(weights, weight => weight / sum);
    }

    /// <summary>Systematic resampling: particle k is taken as often as the points (u + j)/K fall into its share.</summary>
    internal static int[] Systematic(double[] weights, double u)
    {
        var chosen = new int[weights.Length];
        double sum = weights[0];
        for (int j = 0, k = 0; j < weights.Length; j++)
        {
            while ((u + j) / weights.Length > sum && k < weights.Length - 1) { sum += weights[++k]; }
            chosen[j] = k;
        }
        return chosen;
    }
}
