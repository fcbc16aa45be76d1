using Mcdm.Experts;
using Mcdm.Imaging;
using Mcdm.Modalities;
using ScottPlot;

namespace Mcdm.Plots;

/// <summary>What plots over the noise level have in common: t falls from noise, on the left, to the picture, and a modality has one colour.</summary>
internal static class LevelPlot
{
    /// <summary>Room beside the first and the last level, as a share of all.</summary>
    private const double Margin = 0.02;

    /// <summary>Pixels around the data, left and right the same in every panel, so that their levels stand one below the other.</summary>
    private static readonly PixelPadding s_around = new(left: 66, right: 224, bottom: 52, top: 34);

    private const int TitleSize = 14, TextSize = 13, LegendTextSize = 11;
    private static readonly IPalette s_palette = new ScottPlot.Palettes.Category10();

    static LevelPlot()
    {
        Fonts.FontResolvers.Insert(0, new PlotFont());
        Fonts.Default = PlotFont.Name;
    }

    /// <summary>A plot without lines.</summary>
    /// <param name="levels">The noise levels, in any order.</param>
    /// <param name="title">What it is about.</param>
    /// <param name="label">What is up.</param>
    public static Plot Create(IReadOnlyList<int> levels, string title, string label)
    {
        var plot = new Plot();
        plot.Title(title, TitleSize);
        plot.XLabel("noise level t, from noise to picture", TextSize);
        plot.YLabel(label, TextSize);
        double margin = Math.Max(1, Margin * (levels.Max() - levels.Min()));
        plot.Axes.SetLimitsX(levels.Max() + margin, levels.Min() - margin);
        plot.ShowLegend(Edge.Right);
        (plot.Legend.FontSize, plot.Legend.ShadowColor, plot.Legend.OutlineColor) = (LegendTextSize, Colors.Transparent, Colors.LightGray);
        plot.Layout.Fixed(s_around);
        return plot;
    }

    /// <summary>Adds the line of a condition.</summary>
    public static void AddLine(this Plot plot, IReadOnlyList<int> levels, IReadOnlyList<double> values, Modality modality) =>
        plot.AddLine(levels, values, Model.NameOf(modality), (int)modality);

    /// <summary>Adds a line.</summary>
    /// <param name="plot">To what.</param>
    /// <param name="levels">The noise levels.</param>
    /// <param name="values">A value for each.</param>
    /// <param name="name">What it is, for the legend.</param>
    /// <param name="color">Number of its colour.</param>
    public static void AddLine(this Plot plot, IReadOnlyList<int> levels, IReadOnlyList<double> values, string name, int color)
    {
        var line = plot.Add.Scatter(levels.Select(level => (double)level).ToArray(), values.ToArray(), s_palette.GetColor(color));
        (line.LegendText, line.LineWidth, line.MarkerSize) = (name, 2, 5);
    }

    /// <summary>Adds a line across, for a value to compare with.</summary>
    public static void AddMark(this Plot plot, double value, string name)
    {
        var line = plot.Add.HorizontalLine(value, width: 1, color: Colors.Gray, pattern: LinePattern.Dashed);
        line.LegendText = name;
    }

    /// <summary>Draws plots, one below the other.</summary>
    /// <param name="plots">At least one.</param>
    /// <param name="width">Width in pixels.</param>
    /// <param name="height">Height in pixels of all together.</param>
    public static Picture Draw(IReadOnlyList<Plot> plots, int width, int height)
    {
        var sheet = new Multiplot();
        sheet.RemovePlot(sheet.GetPlot(0));
        foreach (var plot in plots) { sheet.AddPlot(plot); }
        using var image = sheet.Render(width, height);
        return PictureFile.Decode(image.GetImageBytes(ImageFormat.Png), "plot");
    }
}
