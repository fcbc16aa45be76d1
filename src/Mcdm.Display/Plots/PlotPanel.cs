using Mcdm.Imaging;
using Mcdm.Imaging.Files;
using ScottPlot;

namespace Mcdm.Display.Plots;

/// <summary>What all plots have in common: fonts, colours, room for the legend, and how panels become a picture.</summary>
internal static class PlotPanel
{
    /// <summary>Pixels around the data, left and right the same in every panel, so that panels stand one below the other.</summary>
    private static readonly PixelPadding s_around = new(left: 66, right: 224, bottom: 52, top: 34);

    private const int TitleSize = 14, TextSize = 13, LegendTextSize = 11;
    private static readonly IPalette s_palette = new ScottPlot.Palettes.Category10();

    static PlotPanel()
    {
        Fonts.FontResolvers.Insert(0, new PlotFont());
        Fonts.Default = PlotFont.Name;
    }

    public static Plot Create(string title, string across, string up)
    {
        var plot = new Plot();
        plot.Title(title, TitleSize);
        plot.XLabel(across, TextSize);
        plot.YLabel(up, TextSize);
        plot.ShowLegend(Edge.Right);
        (plot.Legend.FontSize, plot.Legend.ShadowColor, plot.Legend.OutlineColor) = (LegendTextSize, Colors.Transparent, Colors.LightGray);
        plot.Layout.Fixed(s_around);
        return plot;
    }

    /// <summary>Adds a line.</summary>
    /// <param name="plot">To what.</param>
    /// <param name="across">Where its points are across.</param>
    /// <param name="values">A value for each.</param>
    /// <param name="name">What it is, for the legend.</param>
    /// <param name="color">Number of its colour.</param>
    public static void AddLine(this Plot plot, double[] across, double[] values, string name, int color)
    {
        var line = plot.Add.Scatter(across, values, s_palette.GetColor(color));
        (line.LegendText, line.LineWidth, line.MarkerSize) = (name, 2, 5);
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
