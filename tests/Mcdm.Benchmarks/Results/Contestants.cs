using Mcdm.Benchmarks.Baselines;
using Mcdm.Composition;
using Mcdm.Experts;
using Mcdm.Generation;
using Mcdm.Imaging;
using Mcdm.Modalities;
using Mcdm.Sampling;

namespace Mcdm.Benchmarks.Results;

/// <summary>Makes pictures from conditions, one each, in some way that is compared with others.</summary>
internal interface IContestant
{
    /// <summary>SHA-256, or the like, of all that its pictures depend on beside the row.</summary>
    string Stamp { get; }

    string Precision { get; }

    /// <summary>One picture for each list of conditions.</summary>
    /// <param name="conditions">Each picture's conditions.</param>
    /// <param name="firstSeed">The first picture's seed; the others have the numbers after it.</param>
    /// <param name="sampling">Sampler and steps, for who samples.</param>
    IEnumerable<Picture> Generate(IReadOnlyList<IReadOnlyList<Condition>> conditions, long firstSeed, SamplerOptions sampling);

    /// <summary>Network evaluations of a picture.</summary>
    double Evaluations(IReadOnlyList<Modality> modalities, SamplerOptions sampling);
}

/// <summary>Experts that were trained apart, composed.</summary>
internal sealed class ComposedExperts(Model model, string stamp, WeightCalibration? weights, ParticleOptions particles) : IContestant
{
    private const int BatchSize = 16;

    public string Stamp => stamp;

    public string Precision => model.Precision;

    public IEnumerable<Picture> Generate(IReadOnlyList<IReadOnlyList<Condition>> conditions, long firstSeed, SamplerOptions sampling)
    {
        using var generator = new ImageGenerator(model) { BatchSize = BatchSize };
        for (int i = 0; i < conditions.Count; i++)
        {
            generator.Add(new GenerationRequest
            {
                Conditions = conditions[i],
                Seed = firstSeed + i,
                Sampling = sampling,
                Particles = particles,
                Calibrated = weights?.For(conditions[i].Select(condition => condition.Modality).ToList()),
            });
            foreach (var image in generator.Sample(rest: i == conditions.Count - 1).SelectMany(batch => batch.Images)) { yield return image.Picture; }
        }
    }

    public double Evaluations(IReadOnlyList<Modality> modalities, SamplerOptions sampling) =>
        sampling.Steps * (double)particles.Particles * (modalities.Count == 1 && weights is null ? 1 : modalities.Count + 1);
}

/// <summary>A network or an autoencoder that was trained to be compared with.</summary>
/// <param name="baseline">It.</param>
/// <param name="stamp">SHA-256 of its weights.</param>
/// <param name="precision">The arithmetic it computes in.</param>
/// <param name="samples">Whether it takes steps.</param>
internal sealed class TrainedBaseline(IBaseline baseline, string stamp, string precision, bool samples) : IContestant
{
    private const int BatchSize = 16;

    public string Stamp => stamp;

    public string Precision => precision;

    public IEnumerable<Picture> Generate(IReadOnlyList<IReadOnlyList<Condition>> conditions, long firstSeed, SamplerOptions sampling) =>
        conditions.Select((asked, i) => (Asked: asked, Seed: firstSeed + i)).Chunk(BatchSize)
            .SelectMany(batch => baseline.Generate(batch.Select(one => one.Asked).ToList(), batch.Select(one => one.Seed).ToList(), sampling));

    public double Evaluations(IReadOnlyList<Modality> modalities, SamplerOptions sampling) => samples ? sampling.Steps : 1;
}
