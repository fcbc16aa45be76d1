using System.Text.Json;
using Mcdm.Diffusion.Composition;
using Mcdm.Diffusion.Samplers;
using Mcdm.Json;

namespace Mcdm.Sampling;

/// <summary>What recipes before the fourth format say of samplers and combiners beside their words; null where they say nothing.</summary>
internal sealed record EarlierRecipe(EarlierRecipe.Settings? Sampling)
{
    /// <summary>Settings that lay beside all samplers, whichever it was.</summary>
    public sealed record Settings(double? Eta, bool? PosteriorVariance, bool? FirstOrder, bool? SecondOrderEnd, double? GuidanceRescale)
    {
        /// <summary>The sampler with those that are its own.</summary>
        public Sampler Of(SamplerOptions sampling) => sampling.Sampler switch
        {
            Ddim ddim => ddim with { Eta = Eta ?? ddim.Eta },
            Ddpm ddpm => new Ddpm(PosteriorVariance ?? ddpm.PosteriorVariance, NoiseAtEnd: ddpm.NoiseAtEnd || sampling.Spacing is not null),
            DpmSolver solver => new DpmSolver(FirstOrder ?? solver.FirstOrder, SecondOrderEnd ?? solver.SecondOrderEnd),
            var other => other,
        };
    }

    /// <summary>A recipe that was read from such JSON, with its settings where they lie now.</summary>
    public static Recipe Understood(Recipe recipe, string json)
    {
        if (recipe.Sampling is null || JsonSerializer.Deserialize<EarlierRecipe>(json, ModelJson.Options)?.Sampling is not { } settings) { return recipe; }
        return recipe with
        {
            Sampling = recipe.Sampling with { Sampler = settings.Of(recipe.Sampling) },
            Combiner = recipe.Combiner is Product product && settings.GuidanceRescale is { } rescale ? product with { Rescale = rescale } : recipe.Combiner,
        };
    }
}
