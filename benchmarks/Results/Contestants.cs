using Mcdm.Benchmarks.Baselines;
using Mcdm.Diffusion.Composition;
using Mcdm.Diffusion.Samplers;
using Mcdm.Experts;
using Mcdm.Imaging;
using Mcdm.Modalities;
using Mcdm.Sampling;

namespace Mcdm.Benchmarks.Results;

/// <summary>Makes pictures from conditions, one each, in some way that is compared with others.</summary>
internal interface IContestant
{
    /// <summary>Pictures, or particles of them, that go through a network together: an interrupted row loses no more than these.</summary>
    public const int BatchSize = 16;

    /// <summary>SHA-256, or the like, of all that its pictures of some conditions depend on beside the row.</summary>
    string Stamp(IReadOnlyList<Modality> modalities);

    string Precision { get; }

    /// <summary>One picture for each list of conditions, in their order.</summary>
    /// <param name="conditions">Each picture's conditions.</param>
    /// <param name="skip">How many at the start need none.</param>
    /// <param name="firstSeed">The seed of the first list's picture; the others have the numbers after it.</param>
    /// <param name="sampling">Sampler and steps, for who samples.</param>
    IEnumerable<Picture> Generate(IReadOnlyList<IReadOnlyList<Condition>> conditions, int skip, long firstSeed, SamplerOptions sampling);

    /// <summary>Network evaluations of a picture of some conditions.</summary>
    double Evaluations(IReadOnlyList<Condition> conditions, SamplerOptions sampling);
}

/// <summary>How predictions are weighed and their sum is corrected.</summary>
/// <param name="Guidance">The weight of every condition over the noise levels, by hand; null for 1.</param>
/// <param name="Particles">What each picture is drawn from; null for one particle.</param>
/// <param name="Combiner">The rule; null for the product.</param>
/// <param name="Crossing">What experts of another model read; null for nothing.</param>
internal sealed record CompositionSettings(WeightSchedule? Guidance = null, ParticleOptions? Particles = null, Combiner? Combiner = null, Crossing? Crossing = null);

/// <summary>Conditions that another model's experts read, over a bridge.</summary>
/// <param name="Modalities">Which; null for all.</param>
/// <param name="Options">The bridge's settings.</param>
internal sealed record Crossing(IReadOnlyList<Modality>? Modalities, BridgeOptions Options)
{
    /// <summary>A condition, read by the other model's expert where it crosses.</summary>
    public Condition Of(Condition condition, Model model) => Modalities?.Contains(condition.Modality) == false ? condition
        : condition.For(model.Experts.First(expert => expert.Modality == condition.Modality && expert.Name.Contains('.', StringComparison.Ordinal)).Name);
}

/// <summary>Experts that were trained apart, composed.</summary>
internal sealed class ComposedExperts(Model model, Func<IReadOnlyList<Modality>, string> stamp, CompositionSettings composition) : IContestant
{
    private readonly ParticleOptions _particles = composition.Particles ?? new ParticleOptions();

    public string Stamp(IReadOnlyList<Modality> modalities) => stamp(modalities);

    public string Precision => model.Precision;

    public IEnumerable<Picture> Generate(IReadOnlyList<IReadOnlyList<Condition>> conditions, int skip, long firstSeed, SamplerOptions sampling)
    {
        using var generator = new ImageGenerator(model) { BatchSize = IContestant.BatchSize };
        for (int i = skip; i < conditions.Count; i++)
        {
            generator.Add(Request(conditions[i], firstSeed + i, sampling));
            foreach (var image in generator.Sample(rest: i == conditions.Count - 1).SelectMany(batch => batch.Images)) { yield return image.Picture; }
        }
    }

    public double Evaluations(IReadOnlyList<Condition> conditions, SamplerOptions sampling)
    {
        using var generator = new ImageGenerator(model);
        using var prepared = generator.Prepare(Request(conditions, 0, sampling));
        return prepared.Cost.EvaluationsPerPicture;
    }

    private GenerationRequest Request(IReadOnlyList<Condition> conditions, long seed, SamplerOptions sampling) => new()
    {
        Conditions = composition.Guidance is { } guidance ? conditions.Select(condition => condition.Weighted(1, guidance)).ToList()
            : composition.Crossing is { } crossing ? conditions.Select(condition => crossing.Of(condition, model)).ToList() : conditions,
        Seed = seed,
        Sampling = sampling,
        Particles = _particles,
        Combiner = composition.Combiner ?? new Product(),
    };
}

/// <summary>A network or an autoencoder that was trained to be compared with.</summary>
/// <param name="baseline">It.</param>
/// <param name="stamp">SHA-256 of its weights.</param>
/// <param name="precision">The arithmetic it computes in.</param>
/// <param name="samples">Whether it takes steps.</param>
internal sealed class TrainedBaseline(IBaseline baseline, string stamp, string precision, bool samples) : IContestant
{
    public string Stamp(IReadOnlyList<Modality> modalities) => stamp;

    public string Precision => precision;

    public IEnumerable<Picture> Generate(IReadOnlyList<IReadOnlyList<Condition>> conditions, int skip, long firstSeed, SamplerOptions sampling) =>
        conditions.Select((asked, i) => (Asked: asked, Seed: firstSeed + i)).Skip(skip).Chunk(IContestant.BatchSize)
            .SelectMany(batch => baseline.Generate(batch.Select(one => one.Asked).ToList(), batch.Select(one => one.Seed).ToList(), sampling));

    public double Evaluations(IReadOnlyList<Condition> conditions, SamplerOptions sampling) => samples ? sampling.Steps : 1;
}

/// <summary>The held-out pictures that the conditions were taken from: what a judge sees in pictures that could not be better.</summary>
/// <param name="pictures">They, in the order of the conditions.</param>
internal sealed class PicturesThemselves(HeldOutPictures pictures) : IContestant
{
    public string Stamp(IReadOnlyList<Modality> modalities) => "pictures";

    public string Precision => "none";

    public IEnumerable<Picture> Generate(IReadOnlyList<IReadOnlyList<Condition>> conditions, int skip, long firstSeed, SamplerOptions sampling) => pictures.Take(conditions.Count, []).Skip(skip).Select(one => one.Picture);

    public double Evaluations(IReadOnlyList<Condition> conditions, SamplerOptions sampling) => 0;
}
