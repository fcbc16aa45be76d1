using Mcdm.Modalities;
using ScottPlot;

namespace Mcdm.Display.Plots;

/// <summary>What plots over the noise level have in common: t falls from noise, on the left, to the picture, and a modality has one colour.</summary>
internal static class LevelPlot
{
    /// <summary>Room beside the first and the last level, as a share of all.</summary>
    private const double Margin = 0.02;

    /// <param name="levels">The noise levels, in any order.</param>
    /// <param name="title">What it is about.</param>
    /// <param name="label">What is up.</param>
    public static Plot Create(IReadOnlyList<int> levels, string title, string label)
    {
        var plot = PlotPanel.Create(title, "noise level t, from noise to picture", label);
        double margin = Math.Max(1, Margin * (levels.Max() - levels.Min()));
        plot.Axes.SetLimitsX(levels.Max() + margin, levels.Min() - margin);
        return plot;
    }

    /// <summary>Adds the line of a condition or an expert; what is named after a modality has the modality's colour.</summary>
    /// <param name="plot">To what.</param>
    /// <param name="levels">The noise levels.</param>
    /// <param name="values">A value for each.</param>
    /// <param name="name">The expert's name, for the legend.</param>
    /// <param name="place">Its place among the lines.</param>
    public static void AddExpertLine(this Plot plot, IReadOnlyList<int> levels, IReadOnlyList<double> values, string name, int place) =>
        plot.AddLine(levels, values, Modality.Find(name)?.ExpertName ?? name, Modality.Find(name)?.Order ?? Modality.All.Count + place);

    /// <summary>Adds a line.</summary>
    /// <param name="plot">To what.</param>
    /// <param name="levels">The noise levels.</param>
    /// <param name="values">A value for each.</param>
    /// <param name="name">What it is, for the legend.</param>
    /// <param name="color">Number of its colour.</param>
    public static void AddLine(this Plot plot, IReadOnlyList<int> levels, IReadOnlyList<double> values, string name, int color) =>
        plot.AddLine([.. levels.Select(level => (double)level)], [.. values], name, color);

    /// <summary>Adds a line across, for a value to compare with.</summary>
    public static void AddMark(this Plot plot, double value, string name)
    {
        var line = plot.Add.HorizontalLine(value, width: 1, color: Colors.Gray, pattern: LinePattern.Dashed);
        line.LegendText = name;
    }
}
