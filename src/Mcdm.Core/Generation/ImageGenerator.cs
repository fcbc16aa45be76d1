using System.Diagnostics;
using Mcdm.Composition;
using Mcdm.Experts;
using Mcdm.Imaging;
using Mcdm.Modalities;
using Mcdm.Sampling;
using static TorchSharp.torch;

namespace Mcdm.Generation;

/// <summary>What to sample: one composition, some pictures of it.</summary>
public sealed record GenerationRequest
{
    /// <summary>The conditions, at most one of each modality; none samples unconditionally.</summary>
    public IReadOnlyList<Condition> Conditions { get; init; } = [];

    /// <summary>Number of pictures.</summary>
    public int Count { get; init; } = 1;

    /// <summary>Seed of the first picture; picture k has this plus k.</summary>
    public long Seed { get; init; }

    /// <summary>The sampler and its settings.</summary>
    public SamplerOptions Sampling { get; init; } = new();

    /// <summary>Pictures that go through the networks together.</summary>
    public int BatchSize { get; init; } = 4;

    /// <summary>Name of the pictures, for the files they are saved to.</summary>
    public string? Name { get; init; }
}

/// <summary>How far a request is.</summary>
/// <param name="PicturesDone">Pictures finished.</param>
/// <param name="Pictures">Pictures asked for.</param>
/// <param name="Step">Steps done of the batch under way.</param>
/// <param name="Steps">Steps of a batch.</param>
public readonly record struct GenerationProgress(int PicturesDone, int Pictures, int Step, int Steps);

/// <summary>A batch under way.</summary>
/// <param name="IsLast">Whether the step is the batch's last: its guess is what the batch has become.</param>
/// <param name="Pictures">Gives the pictures that the batch is guessed to become (z_0); only during the call that hands it over.</param>
public readonly record struct GenerationPreview(bool IsLast, Func<IReadOnlyList<Picture>> Pictures);

/// <summary>Composes a model's experts and samples pictures.</summary>
public sealed class ImageGenerator(Model model)
{
    /// <summary>Told after every step.</summary>
    public Action<GenerationProgress>? Progress { get; init; }

    /// <summary>Shown the batch after every step, before <see cref="Progress"/> is told.</summary>
    public Action<GenerationPreview>? Preview { get; init; }

    /// <summary>Told, in a sentence each, what had to be converted or cut in a condition.</summary>
    public Action<string>? Note { get; init; }

    /// <summary>Samples the pictures of a request; each batch is handed out as soon as it is done.</summary>
    /// <param name="request">What to sample.</param>
    /// <param name="cancellation">Stops between two steps.</param>
    /// <exception cref="McdmException">A condition does not fit the model, or a number is out of range.</exception>
    public IEnumerable<McdmImage> Generate(GenerationRequest request, CancellationToken cancellation = default)
    {
        model.RequireLoaded();
        if (request.Count < 1 || request.BatchSize < 1)
        {
            throw new McdmException("CountOutOfRange", ErrorKind.InvalidArgument, $"Count and batch size are at least 1, not {request.Count} and {request.BatchSize}.");
        }
        return Batches(request, cancellation);
    }

    private IEnumerable<McdmImage> Batches(GenerationRequest request, CancellationToken cancellation)
    {
        using var composer = new Composer(model.Experts, request.Conditions, Note);
        var schedule = NoiseSchedule.Create(composer.Space.Schedule, composer.Space.Steps);
        var recipe = new Recipe
        {
            Model = model.Name,
            Conditions = request.Conditions.OrderBy(c => c.Modality).Select(c => RecipeCondition.From(c, model.Expert(c.Modality).Encoder!)).ToList(),
            Seed = request.Seed,
            Sampling = request.Sampling,
            Precision = model.Precision,
        };
        for (int done = 0; done < request.Count; done += request.BatchSize)
        {
            // Whoever takes the pictures may have removed the model since the last batch.
            model.RequireLoaded();
            int batch = Math.Min(request.BatchSize, request.Count - done);
            long[] seeds = Enumerable.Range(done, batch).Select(k => request.Seed + k).ToArray();
            var clock = Stopwatch.StartNew();
            var pictures = Sample(composer, schedule, seeds, request, done, cancellation);
            var each = clock.Elapsed / batch;
            for (int k = 0; k < batch; k++)
            {
                yield return new McdmImage(pictures[k]) { Recipe = recipe with { Seed = seeds[k] }, Duration = each, Name = request.Name };
            }
        }
    }

    private Picture[] Sample(Composer composer, NoiseSchedule schedule, long[] seeds, GenerationRequest request, int done, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        var space = composer.Space;
        using var noise = new NoiseSource(seeds, [space.Channels, space.Height, space.Width], model.Device);
        var z = Samplers.Sample(composer.PredictNoise, schedule, noise, request.Sampling,
            step =>
            {
                Preview?.Invoke(new GenerationPreview(step.Step == step.Steps, () => Pictures(step.Denoised)));
                Progress?.Invoke(new GenerationProgress(done, request.Count, step.Step, step.Steps));
            }, cancellation: cancellation).cpu();
        return Pictures(z);
    }

    private static Picture[] Pictures(Tensor z)
    {
        using var scope = NewDisposeScope();
        return Enumerable.Range(0, (int)z.shape[0]).Select(k => PictureTensor.FromTensor(z[k])).ToArray();
    }
}
