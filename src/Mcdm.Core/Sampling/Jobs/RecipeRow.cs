using Mcdm.Diffusion.Composition;
using Mcdm.Diffusion.Samplers;
using Mcdm.Modalities;
using Mcdm.Tables;
using static System.FormattableString;

namespace Mcdm.Sampling.Jobs;

/// <summary>Recipes as rows, which people can change: the conditions in their columns with pictures in the cells, and the settings that have columns.</summary>
public static class RecipeRow
{
    /// <summary>The row of a saved picture, which is called as its file is.</summary>
    /// <param name="path">The PNG file.</param>
    /// <exception cref="McdmException"><c>RecipeMissing</c>, or as for <see cref="Of"/>.</exception>
    public static Row OfFile(string path)
    {
        var recipe = Recipe.FromPng(path);
        string file = Path.GetFileNameWithoutExtension(path), end = Invariant($"-{recipe.Seed}");
        return Of(recipe, file.EndsWith(end, StringComparison.Ordinal) && file.Length > end.Length ? file[..^end.Length] : file);
    }

    /// <summary>The row of which the recipe's model makes the same picture.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="name">What the picture is called; null for the model's name.</param>
    /// <exception cref="McdmException"><c>RecipeNoRow</c>: a condition is what no column says; or a picture of it is broken.</exception>
    public static Row Of(Recipe recipe, string? name)
    {
        var conditions = recipe.Conditions.Select(condition => condition.ToCondition()).ToList();
        if (conditions.Find(condition => condition.IsGuess) is { } guess)
        {
            throw new McdmException("RecipeNoRow", ErrorKind.NotSupported,
                $"Rows have no column for guess mode, in which {guess} acts; give the recipe itself to Invoke-McdmSample -Recipe.");
        }
        var stated = conditions.GroupBy(condition => condition.Modality)
            .SelectMany(group => group.SelectMany((condition, i) => group.Key.Said(condition)
                .Select(said => (said.Column.Name + (i == 0 ? "" : Invariant($"{i + 1}")), said.Value))));
        return new([.. stated.Concat(Settings(recipe, name)).Where(said => said.Item2 is not null)
            .Select(said => KeyValuePair.Create(said.Item1, said.Item2))]);
    }

    private static IEnumerable<(string Column, object? Value)> Settings(Recipe recipe, string? name)
    {
        var (sampling, particles, start) = (recipe.Sampling, recipe.Particles, recipe.From?.ToStart());
        var given = sampling.Spacing?.Given;
        yield return (JobColumns.Model.Name, recipe.Model);
        yield return (JobColumns.Name.Name, name);
        yield return (JobColumns.Seed.Name, recipe.Seed);
        yield return (JobColumns.Sampler.Name, sampling.Sampler.Name);
        yield return ("Eta", sampling.Sampler switch { Ddim ddim => ddim.Eta, Tcd tcd => tcd.Eta, _ => null });
        yield return (JobColumns.Steps.Name, given is null ? sampling.Steps : null);
        yield return ("Timesteps", given is null ? null : string.Join(',', given.Select(level => Invariant($"{level:R}"))));
        yield return ("LangevinSteps", sampling.LangevinSteps == 0 ? null : sampling.LangevinSteps);
        yield return (JobColumns.Combiner.Name, recipe.Combiner.Name);
        yield return ("GuidanceRescale", recipe.Combiner is WeightedSum { Rescale: not 0 and var rescale } ? rescale : null);
        yield return (JobColumns.NegativePrompt.Name, recipe.NegativePrompt);
        yield return (JobColumns.Particles.Name, particles?.Particles);
        yield return ("Temperature", particles?.Temperature);
        yield return ("ResampleThreshold", particles?.ResampleThreshold);
        yield return ("OriginalSize", recipe.Frame?.Original is { } size ? Invariant($"{size.Width},{size.Height}") : null);
        yield return ("CropOrigin", recipe.Frame is { } frame ? Invariant($"{frame.Left},{frame.Top}") : null);
        yield return (JobColumns.Picture.Name, start is null ? null : PictureCell.Of(start.Picture));
        yield return (JobColumns.Strength.Name, start?.Strength);
        yield return (JobColumns.Mask.Name, start?.Mask is { } mask ? PictureCell.Of(mask) : null);
        yield return ("Width", recipe.Width);
        yield return ("Height", recipe.Height);
    }
}
