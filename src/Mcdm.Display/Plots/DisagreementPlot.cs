using Mcdm.Experts;
using Mcdm.Imaging;
using Mcdm.Sampling;
using ScottPlot;

namespace Mcdm.Display.Plots;

/// <summary>Draws how much each condition of a picture asked for over the noise level, and under it how far each pair was of one mind.</summary>
public static class DisagreementPlot
{
    /// <summary>Colours of pairs come after those of the modalities.</summary>
    private const int FirstPairColor = 8;

    /// <summary>Lengths that are all 0 have an axis too.</summary>
    private const double SmallestRange = 1e-3;

    /// <summary>Draws what a recipe knows of the way to its picture.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="width">Width in pixels.</param>
    /// <param name="height">Height in pixels.</param>
    /// <exception cref="McdmException"><c>NoDisagreement</c>: it knows nothing.</exception>
    public static Picture Draw(Recipe recipe, int width, int height)
    {
        var disagreement = recipe.Disagreement ?? throw new McdmException("NoDisagreement", ErrorKind.InvalidArgument,
            $"The recipe of '{recipe}' holds no disagreement to plot: that compares predictions with the unconditional one, which is not needed for a "
                + "single condition of weight 1 or for none. Sample with two conditions or more, or with another weight.");
        string title = $"{recipe.Model}, seed {recipe.Seed}: what the conditions ask for";
        List<Plot> panels = [Norms(disagreement, title)];
        if (disagreement.Cosines.Count > 0) { panels.Add(Cosines(disagreement)); }
        return PlotPanel.Draw(panels, width, height);
    }

    private static Plot Norms(Disagreement disagreement, string title)
    {
        var plot = LevelPlot.Create(disagreement.Levels, title, "|ε_i − ε_u|");
        foreach (var (norms, place) in disagreement.Norms.Select((norms, place) => (norms, place)))
        {
            plot.AddExpertLine(disagreement.Levels, norms.Values, norms.Condition, place);
        }
        plot.Axes.SetLimitsY(0, 1.05 * Math.Max(SmallestRange, disagreement.Norms.Max(norms => norms.Values.Max())));
        return plot;
    }

    private static Plot Cosines(Disagreement disagreement)
    {
        var plot = LevelPlot.Create(disagreement.Levels, "which way they pull, two by two", "cosine");
        foreach (var (pair, i) in disagreement.Cosines.Select((pair, i) => (pair, i)))
        {
            plot.AddLine(disagreement.Levels, pair.Values, $"{pair.First}, {pair.Second}", FirstPairColor + i);
        }
        plot.AddMark(Disagreement.ConflictCosine, "conflict below");
        plot.Axes.SetLimitsY(-1, 1);
        return plot;
    }
}
