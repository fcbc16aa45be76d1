using System.Diagnostics;
using Mcdm.Diffusion.Samplers;
using Mcdm.Experts;
using Mcdm.Imaging;

namespace Mcdm.Sampling;

/// <summary>How far a generator is.</summary>
/// <param name="PicturesDone">Pictures finished.</param>
/// <param name="Pictures">Pictures asked for so far.</param>
/// <param name="Batch">Pictures of the batch under way.</param>
/// <param name="Step">Steps done of that batch.</param>
/// <param name="Steps">Its steps.</param>
/// <param name="Request">The request of its first picture.</param>
public readonly record struct GenerationProgress(int PicturesDone, int Pictures, int Batch, int Step, int Steps, GenerationRequest Request);

/// <summary>A batch under way.</summary>
/// <param name="IsLast">Whether the batch is done: the guess is what it has become.</param>
/// <param name="Pictures">Gives the pictures that the batch is guessed to become (z_0); only during the call that hands it over.</param>
public readonly record struct GenerationPreview(bool IsLast, Func<IReadOnlyList<Picture>> Pictures);

/// <summary>A batch that is done.</summary>
/// <param name="Images">The pictures that it completes, in the order of the requests: all that were asked for before them are done too.</param>
/// <param name="Pictures">How many pictures it had; none where nothing was left to be sampled.</param>
/// <param name="Sampling">How they were sampled.</param>
/// <param name="EvaluationsPerStep">Networks evaluated in each of its steps.</param>
/// <param name="Duration">The time it took.</param>
public sealed record GeneratedBatch(IReadOnlyList<McdmImage> Images, int Pictures, SamplerOptions Sampling, int EvaluationsPerStep, TimeSpan Duration);

/// <summary>
/// Composes a model's experts and samples pictures. Requests wait until their pictures fill a batch, whatever their
/// conditions; a picture is the same (up to rounding) in any batch. For one thread at a time.
/// </summary>
public sealed class ImageGenerator(Model model) : IDisposable
{
    private const double Megabyte = 1e6;

    private readonly BatchQueue _queue = new();
    private readonly PictureOrder _order = new();
    private int _done;

    /// <summary>Particles, of one or several pictures, that go through the networks together, at least 1; a picture is not divided.</summary>
    public int BatchSize { get; init; } = 4;

    /// <summary>Told after every step.</summary>
    public Action<GenerationProgress>? Progress { get; init; }

    /// <summary>Shown the batch after every step, before <see cref="Progress"/> is told.</summary>
    public Action<GenerationPreview>? Preview { get; init; }

    /// <summary>Told, in a sentence each, what had to be converted or cut in a condition.</summary>
    public Action<string>? Note { get; init; }

    /// <summary>Asked before a picture goes into a batch, by its request and its own seed, whether it is still to be made; null for all.</summary>
    public Func<GenerationRequest, long, bool>? Claim { get; init; }

    /// <summary>Given the pictures of a batch and what each was asked for by, gives them with what was measured of them.</summary>
    public Func<IReadOnlyList<McdmImage>, IReadOnlyList<GenerationRequest>, IReadOnlyList<McdmImage>>? Measure { get; init; }

    /// <summary>Whether a batch can be sampled that no further request would make larger.</summary>
    public bool HasFullBatch => _queue.HasFullBatch;

    /// <summary>Checks a request and encodes its conditions; the caller adds or disposes of it.</summary>
    /// <exception cref="McdmException">A condition does not fit the model, or a number is out of range.</exception>
    public PreparedRequest Prepare(GenerationRequest request) => new(model, request, BatchSize, Note);

    /// <summary>Lets a request wait for its batch; samples nothing.</summary>
    public void Add(PreparedRequest request) => _queue.Add(request);

    /// <summary>Checks a request, encodes its conditions and lets it wait for its batch; samples nothing.</summary>
    /// <exception cref="McdmException">A condition does not fit the model, or a number is out of range; nothing waits then.</exception>
    public void Add(GenerationRequest request) => Add(Prepare(request));

    /// <summary>Samples what waits, batch by batch; pictures are handed out in the order of the requests, each as soon as those before it are done.</summary>
    /// <param name="rest">Also the last batch, which may not be full.</param>
    /// <param name="cancellation">Stops between two steps.</param>
    /// <exception cref="McdmException"><c>ModelRemoved</c>.</exception>
    public IEnumerable<GeneratedBatch> Sample(bool rest, CancellationToken cancellation = default)
    {
        while (rest ? !_queue.IsEmpty : HasFullBatch)
        {
            // Whoever takes the pictures may have removed the model since the last batch.
            model.RequireLoaded();
            if (SampleBatch(cancellation) is { } batch) { yield return batch; }
        }
    }

    private GeneratedBatch? SampleBatch(CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        var (places, leftOut, finished) = _queue.Next(place => Claim?.Invoke(place.From.Request, place.Seed) ?? true);
        try
        {
            foreach (var place in leftOut) { _order.Put(place.Place, null); }
            if (places.Count == 0)
            {
                // Pictures may have waited for those that are left out.
                return _order.Take() is { Count: > 0 } ready ? new GeneratedBatch(ready, 0, finished[0].Request.Sampling, 0, TimeSpan.Zero) : null;
            }
            // What waits is encoded; for what comes later encoders are read again.
            if (model.Offload() is > 0 and var freed)
            {
                Note?.Invoke(FormattableString.Invariant($"The encoders of '{model.Name}' left memory, {freed / Megabyte:0.0} MB, until they are needed."));
            }
            var sampler = new BatchSampler(model)
            {
                Preview = Preview,
                Progress = (step, steps) => Progress?.Invoke(new GenerationProgress(_done, _queue.Asked, places.Count, step, steps, places[0].From.Request)),
            };
            var sampled = sampler.Sample(places, cancellation);
            var each = clock.Elapsed / places.Count;
            SamplingTime.Saw(model, places.Sum(place => place.From.Multiplications), clock.Elapsed);
            IReadOnlyList<McdmImage> images = [.. places.Select((place, row) => new McdmImage(sampled.Pictures[row])
            {
                Recipe = RecipeWriter.Write(model, place, sampled.EffectiveSizes[row], sampled.Disagreements[row]),
                Duration = each,
                Name = place.From.Request.Name,
            })];
            images = Measure?.Invoke(images, [.. places.Select(place => place.From.Request)]) ?? images;
            for (int row = 0; row < places.Count; row++)
            {
                _order.Put(places[row].Place, images[row]);
            }
            _done += places.Count;
            return new GeneratedBatch(_order.Take(), places.Count, places[0].From.Request.Sampling, sampled.EvaluationsPerStep, clock.Elapsed);
        }
        finally
        {
            foreach (var request in finished) { request.Dispose(); }
        }
    }

    /// <summary>Forgets what still waits.</summary>
    public void Dispose()
    {
        _queue.Dispose();
        _order.Clear();
        _done = 0;
        model.Offload();
    }
}
