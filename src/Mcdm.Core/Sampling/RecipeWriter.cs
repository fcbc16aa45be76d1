using Mcdm.Experts;

namespace Mcdm.Sampling;

/// <summary>Writes down everything a picture was made from.</summary>
internal static class RecipeWriter
{
    /// <param name="model">The model.</param>
    /// <param name="place">The picture.</param>
    /// <param name="effectiveSizes">Effective sample size of its particles, step by step.</param>
    /// <param name="disagreement">How far its conditions were apart.</param>
    public static Recipe Write(Model model, BatchPlace place, IReadOnlyList<double>? effectiveSizes, Disagreement? disagreement)
    {
        var (request, composition) = (place.From.Request, place.From.Composition);
        return new Recipe
        {
            Model = model.Name,
            ModelHash = model.Hash,
            Space = model.Space.Autoencoder,
            Width = place.From.Space.PictureWidth,
            Height = place.From.Space.PictureHeight,
            Conditions = composition.Conditions.Zip(composition.Understood, RecipeCondition.From).ToList(),
            Seed = place.Seed,
            Sampling = request.Sampling,
            Particles = request.Particles.Particles == 1 ? null : request.Particles,
            Combiner = request.Combiner,
            Bridge = composition.Bridges.Count == 0 ? null : model.Bridge,
            NegativePrompt = request.NegativePrompt,
            Frame = request.Frame,
            From = place.From.Start is { } start ? RecipeStart.From(start.Understood) : null,
            Precision = model.Precision,
            EffectiveSizes = effectiveSizes,
            Disagreement = disagreement,
        };
    }
}
