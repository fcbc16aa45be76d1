using Mcdm.Experts;
using Mcdm.Imaging;
using Mcdm.Sampling;

namespace Mcdm.Evaluation;

/// <summary>
/// Leave-one-out attribution: samples a picture again from its recipe, with all its conditions and without each, from the same noise.
/// The conditions that stay keep their weights.
/// </summary>
/// <param name="model">The model that made the picture.</param>
public sealed class Attribution(Model model)
{
    /// <summary>Told after every step.</summary>
    public Action<GenerationProgress>? Progress { get; init; }

    /// <summary>Samples N + 1 pictures for N conditions.</summary>
    /// <param name="image">A picture with its recipe.</param>
    /// <param name="cancellation">Stops between two steps.</param>
    /// <returns>One for each condition, in the order of the recipe.</returns>
    /// <exception cref="McdmException"><c>NothingToMeasure</c>: no recipe, or one without conditions; or the recipe does not fit the model.</exception>
    public IReadOnlyList<ConditionAttribution> Of(McdmImage image, CancellationToken cancellation = default)
    {
        var recipe = RecipeOf(image);
        recipe.CheckFits(model);
        string name = image.Name ?? recipe.Model;
        var whole = recipe.ToRequest() with { Name = name };
        using var generator = new ImageGenerator(model) { BatchSize = BatchSizes.Default(model), Progress = Progress };
        generator.Add(whole);
        string[] labels = LabelsOf(recipe);
        for (int left = 0; left < labels.Length; left++)
        {
            int without = left;
            generator.Add(whole with { Conditions = whole.Conditions.Where((_, i) => i != without).ToList(), Name = $"{name}-without-{labels[left]}" });
        }
        var sampled = generator.Sample(rest: true, cancellation).SelectMany(batch => batch.Images).ToList();
        var changes = sampled.Skip(1).Select(without => PictureDifference.Of(sampled[0].Picture, without.Picture)).ToList();
        double scale = changes.Max(change => change.Max());
        return recipe.Conditions.Select((condition, i) => new ConditionAttribution
        {
            FileName = sampled[0].FileName,
            Seed = recipe.Seed,
            Modality = condition.Modality,
            Condition = condition.Value,
            Change = changes[i].Average(),
            Scale = scale,
            Picture = sampled[0],
            LeftOut = sampled[i + 1],
            HeatMapName = McdmImage.FileNameOf($"{name}-moved-by-{labels[i]}", recipe.Model, recipe.Seed),
        }).ToList();
    }

    /// <summary>What each condition is called in file names: its expert or modality, with a number where there are several.</summary>
    private static string[] LabelsOf(Recipe recipe)
    {
        var names = recipe.Conditions.Select(condition => condition.Expert ?? condition.Modality.ExpertName).ToList();
        return names.Select((name, i) => names.Take(i).Count(name.Equals) is > 0 and var before ? $"{name}-{before + 1}" : name).ToArray();
    }

    /// <summary>The recipe of a picture that can be sampled without one of its conditions.</summary>
    /// <exception cref="McdmException"><c>NothingToMeasure</c>: there is none, or it has no conditions.</exception>
    public static Recipe RecipeOf(McdmImage image) => image.Recipe switch
    {
        { Conditions.Count: > 0 } recipe => recipe,
        null => throw new McdmException("NothingToMeasure", ErrorKind.InvalidArgument,
            $"'{image.FileName}' carries no recipe, so it cannot be sampled again without one of its conditions; samples and PNG files that Save-McdmImage "
                + "wrote carry one."),
        _ => throw new McdmException("NothingToMeasure", ErrorKind.InvalidArgument,
            $"'{image.FileName}' was sampled without conditions, so there is none to leave out."),
    };
}
