using System.Diagnostics;
using Mcdm.Composition;
using Mcdm.Experts;
using Mcdm.Imaging;
using Mcdm.Runtime;
using Mcdm.Sampling;
using static TorchSharp.torch;

namespace Mcdm.Generation;

/// <summary>How far a generator is.</summary>
/// <param name="PicturesDone">Pictures finished.</param>
/// <param name="Pictures">Pictures asked for so far.</param>
/// <param name="Batch">Pictures of the batch under way.</param>
/// <param name="Step">Steps done of that batch.</param>
/// <param name="Steps">Its steps.</param>
public readonly record struct GenerationProgress(int PicturesDone, int Pictures, int Batch, int Step, int Steps);

/// <summary>A batch under way.</summary>
/// <param name="IsLast">Whether the batch is done: the guess is what it has become.</param>
/// <param name="Pictures">Gives the pictures that the batch is guessed to become (z_0); only during the call that hands it over.</param>
public readonly record struct GenerationPreview(bool IsLast, Func<IReadOnlyList<Picture>> Pictures);

/// <summary>A batch that is done.</summary>
/// <param name="Images">Its pictures.</param>
/// <param name="EvaluationsPerStep">Networks evaluated in each of its steps.</param>
/// <param name="Steps">Its steps.</param>
/// <param name="Duration">The time it took.</param>
public sealed record GeneratedBatch(IReadOnlyList<McdmImage> Images, int EvaluationsPerStep, int Steps, TimeSpan Duration);

/// <summary>What a request will cost.</summary>
/// <param name="Steps">Steps of each picture.</param>
/// <param name="EvaluationsPerPicture">Network evaluations of each picture, those of all its particles; fewer where some are copies of others.</param>
/// <param name="Particles">Particles of each picture.</param>
/// <param name="BatchMemory">Bytes that a full batch takes beside the model, roughly.</param>
public readonly record struct GenerationCost(int Steps, long EvaluationsPerPicture, int Particles, long BatchMemory);

/// <summary>
/// Composes a model's experts and samples pictures. Requests wait until their pictures fill a batch, whatever their
/// conditions; a picture is the same (up to rounding) in any batch. For one thread at a time.
/// </summary>
public sealed class ImageGenerator(Model model) : IDisposable
{
    private readonly Queue<Waiting> _waiting = [];
    private int _done, _asked;

    /// <summary>Particles, of one or several pictures, that go through the networks together, at least 1; a picture is not divided.</summary>
    public int BatchSize { get; init; } = 4;

    /// <summary>Told after every step.</summary>
    public Action<GenerationProgress>? Progress { get; init; }

    /// <summary>Shown the batch after every step, before <see cref="Progress"/> is told.</summary>
    public Action<GenerationPreview>? Preview { get; init; }

    /// <summary>Told, in a sentence each, what had to be converted or cut in a condition.</summary>
    public Action<string>? Note { get; init; }

    /// <summary>Whether a batch can be sampled that no further request would make larger.</summary>
    public bool HasFullBatch => _waiting.Count > 0 && (_asked - _done >= PicturesPerBatch(_waiting.Peek().Request) || _waiting.Any(other => !other.SamplesLike(_waiting.Peek())));

    /// <summary>Lets a request wait for its batch. Encodes its conditions; samples nothing.</summary>
    /// <param name="request">What to sample.</param>
    /// <param name="agree">Asked, with the cost, whether the request shall wait; it does where nobody is asked.</param>
    /// <returns>What it will cost.</returns>
    /// <exception cref="McdmException">A condition does not fit the model, or a number is out of range; nothing waits then.</exception>
    public GenerationCost Add(GenerationRequest request, Func<GenerationCost, bool>? agree = null)
    {
        Check(request);
        // Latents have no range that they must stay in.
        if (model.Space.IsLatent) { request = request with { Sampling = request.Sampling with { ClipDenoised = false } }; }
        var schedule = NoiseSchedule.Create(model.Space.Schedule, model.Space.Steps);
        request.Sampling.Check(schedule);
        request.Particles.Check();
        Combiners.Check(request.Combiner, request.Sampling, request.Particles);
        int particles = request.Particles.Particles;
        var experts = new WeightedExperts(model.Experts, request.Conditions, Note, request.Calibrated, request.Combiner);
        var cost = new GenerationCost(request.Sampling.Steps, (long)experts.EvaluationsPerStep * request.Sampling.Evaluations * particles, particles,
            BatchSizes.BytesPerPicture(model) * PicturesPerBatch(request) * particles);
        if (agree is not null && !agree(cost))
        {
            experts.Dispose();
            return cost;
        }
        _waiting.Enqueue(new Waiting(request, experts, new Recipe
        {
            Model = model.Name,
            ModelHash = model.Hash,
            Space = model.Space.Autoencoder,
            Conditions = request.Conditions.OrderBy(c => c.Modality).Select(c => RecipeCondition.From(c, model.Expert(c.Modality).Encoder!)).ToList(),
            Seed = request.Seed,
            Sampling = request.Sampling,
            Particles = particles == 1 ? null : request.Particles,
            Combiner = request.Combiner,
            Calibrated = request.Calibrated?.OrderBy(weight => weight.Key).Select(weight => new CalibratedWeight(weight.Key, weight.Value.Points)).ToList(),
            Precision = model.Precision,
        }));
        _asked += request.Count;
        return cost;
    }

    private int PicturesPerBatch(GenerationRequest request) => Math.Max(1, BatchSize / request.Particles.Particles);

    /// <summary>Samples what waits, batch by batch, in the order of the requests; each is handed out as soon as it is done.</summary>
    /// <param name="rest">Also the last batch, which may not be full.</param>
    /// <param name="cancellation">Stops between two steps.</param>
    /// <exception cref="McdmException"><c>ModelRemoved</c>.</exception>
    public IEnumerable<GeneratedBatch> Sample(bool rest, CancellationToken cancellation = default)
    {
        while (rest ? _waiting.Count > 0 : HasFullBatch)
        {
            // Whoever takes the pictures may have removed the model since the last batch.
            model.RequireLoaded();
            yield return SampleBatch(cancellation);
        }
    }

    /// <summary>Samples the pictures of one request.</summary>
    /// <inheritdoc cref="Sample" path="/param|/exception"/>
    /// <exception cref="McdmException">A condition does not fit the model, or a number is out of range.</exception>
    public IEnumerable<McdmImage> Generate(GenerationRequest request, CancellationToken cancellation = default)
    {
        Check(request);
        return Generated();

        IEnumerable<McdmImage> Generated()
        {
            try
            {
                Add(request);
                foreach (var batch in Sample(rest: true, cancellation))
                {
                    foreach (var image in batch.Images) { yield return image; }
                }
            }
            finally
            {
                Dispose();
            }
        }
    }

    private void Check(GenerationRequest request)
    {
        model.RequireLoaded();
        if (request.Count < 1 || BatchSize < 1)
        {
            throw new McdmException("CountOutOfRange", ErrorKind.InvalidArgument, $"Count and batch size are at least 1, not {request.Count} and {BatchSize}.");
        }
    }

    private GeneratedBatch SampleBatch(CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        var places = NextBatch();
        var (sampling, particles) = (places[0].From.Request.Sampling, places[0].From.Request.Particles);
        long[] seeds = places.Select(place => place.From.Request.Seed + place.K).ToArray();
        using var scope = NewDisposeScope();
        var schedule = NoiseSchedule.Create(model.Space.Schedule, model.Space.Steps);
        var log = new DisagreementLog();
        using var composer = new Composer(
            places.SelectMany(place => Enumerable.Repeat(place.From.Experts, particles.Particles)).ToList(), Combiners.Create(places[0].From.Request.Combiner, schedule, sampling)) { Log = log };
        var filter = particles.Particles == 1 ? null : new ParticleFilter(composer, seeds, particles);
        var space = composer.Space;
        using var noise = new NoiseSource(ParticleFilter.Seeds(seeds, particles.Particles), [space.Channels, space.Height, space.Width], model.Device);
        // A picture is shown as its first particle until the last step, when one is drawn.
        var shown = places.Select((_, row) => (long)row * particles.Particles);
        var z = Samplers.Sample(filter is null ? composer.PredictNoise : filter.PredictNoise, schedule, noise, sampling,
            step =>
            {
                if (step.Step < step.Steps) { Preview?.Invoke(new GenerationPreview(false, () => Pictures(step.Denoised, shown))); }
                Progress?.Invoke(new GenerationProgress(_done, _asked, places.Count, step.Step, step.Steps));
            }, filter, cancellation).cpu();
        var drawn = filter?.Draw();
        var pictures = Pictures(z, places.Select((_, row) => drawn?[row] ?? row));
        Preview?.Invoke(new GenerationPreview(true, () => pictures));
        var each = clock.Elapsed / places.Count;
        var images = places.Select((place, row) => new McdmImage(pictures[row])
        {
            Recipe = place.From.Recipe with
            {
                Seed = seeds[row],
                EffectiveSizes = filter?.EffectiveSizes.Select(sizes => Math.Round(sizes[row], 3)).ToList(),
                Disagreement = log.Of(row * particles.Particles, particles.Particles, place.From.Recipe.Conditions.Select(condition => condition.Modality).ToList()),
            },
            Duration = each,
            Name = place.From.Request.Name,
        }).ToList();
        _done += images.Count;
        while (_waiting.TryPeek(out var first) && first.Taken == first.Request.Count) { _waiting.Dequeue().Experts.Dispose(); }
        return new GeneratedBatch(images, composer.EvaluationsPerStep, sampling.Steps, clock.Elapsed);
    }

    private Picture[] Pictures(Tensor z, IEnumerable<long> rows)
    {
        using var scope = NewDisposeScope();
        var shown = z.index_select(0, tensor(rows.ToArray(), device: z.device));
        if (model.Codec is { } codec) { shown = codec.Decode(shown); }
        return Enumerable.Range(0, (int)shown.shape[0]).Select(row => PictureTensor.FromTensor(shown[row])).ToArray();
    }

    /// <summary>The next pictures that are sampled alike, up to a batch: each a request and its number there.</summary>
    private List<(Waiting From, int K)> NextBatch()
    {
        var places = new List<(Waiting From, int K)>();
        int most = PicturesPerBatch(_waiting.Peek().Request);
        foreach (var request in _waiting.TakeWhile(request => places.Count < most && request.SamplesLike(_waiting.Peek())))
        {
            while (request.Taken < request.Request.Count && places.Count < most) { places.Add((request, request.Taken++)); }
        }
        return places;
    }

    /// <summary>Forgets what still waits.</summary>
    public void Dispose()
    {
        while (_waiting.TryDequeue(out var request)) { request.Experts.Dispose(); }
        (_done, _asked) = (0, 0);
    }

    /// <summary>A request with its conditions encoded.</summary>
    private sealed class Waiting(GenerationRequest request, WeightedExperts experts, Recipe recipe)
    {
        public GenerationRequest Request => request;

        public WeightedExperts Experts => experts;

        public Recipe Recipe => recipe;

        /// <summary>Pictures that are in a batch already.</summary>
        public int Taken { get; set; }

        public bool SamplesLike(Waiting other) => request.Sampling == other.Request.Sampling && request.Particles == other.Request.Particles && request.Combiner == other.Request.Combiner;
    }
}
