using Mcdm.Diffusion.Composition;
using Mcdm.Diffusion.Process;
using Mcdm.Diffusion.Samplers;
using Mcdm.Experts;
using Mcdm.Imaging;
using Mcdm.Runtime;
using static TorchSharp.torch;

namespace Mcdm.Sampling;

/// <summary>What came of a batch.</summary>
/// <param name="Pictures">Its pictures.</param>
/// <param name="EffectiveSizes">Effective sample size of each picture's particles, step by step; null where there was one particle.</param>
/// <param name="Disagreements">How far each picture's conditions were apart; null where that was not seen.</param>
/// <param name="EvaluationsPerStep">Networks evaluated in each step.</param>
internal sealed record SampledBatch(IReadOnlyList<Picture> Pictures, IReadOnlyList<IReadOnlyList<double>?> EffectiveSizes,
    IReadOnlyList<Disagreement?> Disagreements, int EvaluationsPerStep);

/// <summary>Samples one batch: from seeds and compositions to pictures.</summary>
internal sealed class BatchSampler(Model model)
{
    /// <summary>Shown the batch after every step.</summary>
    public Action<GenerationPreview>? Preview { get; init; }

    /// <summary>Told after every step: steps done, and in all.</summary>
    public Action<int, int>? Progress { get; init; }

    /// <param name="places">The pictures, sampled alike.</param>
    /// <param name="cancellation">Stops between two steps.</param>
    public SampledBatch Sample(IReadOnlyList<BatchPlace> places, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        var (sampling, particles, combiner) = (places[0].From.Request.Sampling, places[0].From.Request.Particles, places[0].From.Request.Combiner);
        int each = particles.Particles;
        long[] seeds = places.Select(place => place.Seed).ToArray();
        var (space, start) = (places[0].From.Space, places[0].From.Start);
        var rule = combiner.RuleOf(SamplingPath.Of(space.Process, sampling).Steps);
        using var composer = new Composer(places.SelectMany(place => Enumerable.Repeat(place.From.Composition, each)).ToList())
        {
            Seeds = [.. places.SelectMany(place => Enumerable.Repeat(place.Seed, each))],
        };
        var log = new DisagreementLog();
        using var lifts = new LiftLog();
        var filter = each == 1 ? null : new ParticleFilter(seeds, particles);
        using var predictor = new ComposedPredictor(composer.Predict, rule) { Watch = Watch, MeasuresAgreement = filter is not null };
        using var noise = new NoiseSource(places.SelectMany(place => ParticleFilter.Seeds([place.Seed], each)).ToList(),
            [space.Channels, space.Height, space.Width], model.Device);
        // A picture is shown as its first particle until the last step, when one is drawn.
        var shown = places.Select((_, row) => (long)row * each).ToArray();
        var z = Sampler.Sample(predictor.Predict, space.Process, noise.Next, sampling,
            step =>
            {
                if (step.Step < step.Steps) { Preview?.Invoke(new GenerationPreview(false, () => Decode(step.Denoised, shown, preview: true))); }
                Progress?.Invoke(step.Step, step.Steps);
            }, filter, start?.Start, cancellation);
        var pictures = Decode(z, filter?.Draw() ?? shown).Select(picture => start?.Keep(picture) ?? picture).ToArray();
        Preview?.Invoke(new GenerationPreview(true, () => pictures));
        var liftOf = lifts.Of(z);
        return new SampledBatch(pictures,
            places.Select((_, row) => (IReadOnlyList<double>?)filter?.EffectiveSizes.Select(sizes => Math.Round(sizes[row], 3)).ToList()).ToList(),
            places.Select((place, row) => DisagreementOf(place, row)).ToList(),
            composer.EvaluationsPerStep);

        void Watch(Tensor at, NoiseLevel level, Predictions predictions)
        {
            log.Record(level, predictions);
            // The end of a picture that was drawn from particles is not the end of its row.
            if (filter is null) { lifts.Record(at, level, predictions); }
        }

        Disagreement? DisagreementOf(BatchPlace place, int row)
        {
            var terms = composer.PlacesOf(row * each);
            return log.Of(row * each, each, terms, place.From.Composition.Labels, place.From.Composition.Owners) is { } seen
                ? seen with { Lifts = [.. terms.Select(term => liftOf(term, row))] } : null;
        }
    }

    /// <summary>Some rows of z as pictures.</summary>
    private Picture[] Decode(Tensor z, long[] rows, bool preview = false)
    {
        using var scope = NewDisposeScope();
        var shown = z.index_select(0, tensor(rows, device: z.device));
        if (model.Codec is { } codec) { shown = preview ? codec.Preview(shown) : codec.Decode(shown); }
        shown = shown.cpu();
        return Enumerable.Range(0, rows.Length).Select(row => PictureTensor.FromTensor(shown[row])).ToArray();
    }
}
