using ScottPlot;
using static TorchSharp.torch;

namespace Mcdm.Benchmarks.Bias;

/// <summary>What was measured of a problem.</summary>
/// <param name="Problem">The problem.</param>
/// <param name="Particles">Numbers of particles.</param>
/// <param name="Distances">Distance from the truth for each.</param>
/// <param name="Floor">That of exact samples.</param>
/// <param name="Plain">First coordinates sampled without particles.</param>
/// <param name="Corrected">First coordinates sampled with the most particles.</param>
internal sealed record BiasCurve(BiasProblem Problem, int[] Particles, double[] Distances, double Floor, double[] Plain, double[] Corrected);

/// <summary>Draws, for each problem, the distance against K, and the densities along the first axis.</summary>
internal static class BiasPlot
{
    private const int Width = 620, Height = 420, Bins = 80;
    private const double Reach = 2;
    private const string FontName = "DejaVu Sans";

    /// <summary>Writes a PNG: a row a problem.</summary>
    public static void Save(IReadOnlyList<BiasCurve> curves, string path)
    {
        // Titles and labels are bold, and a system may have no font at all.
        foreach (bool bold in new[] { false, true }) { Fonts.AddFontFile(FontName, Repository.File("src/Mcdm.Display/Sheets/SheetFont.ttf"), bold, italic: false); }
        Fonts.Default = FontName;
        var sheet = new Multiplot();
        sheet.RemovePlot(sheet.GetPlot(0));
        foreach (var curve in curves)
        {
            sheet.AddPlot(Distances(curve));
            sheet.AddPlot(Densities(curve));
        }
        sheet.Layout = new ScottPlot.MultiplotLayouts.Grid(curves.Count, 2);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        sheet.SavePng(path, 2 * Width, Height * curves.Count);
    }

    private static Plot Distances(BiasCurve curve)
    {
        var plot = new Plot();
        double[] x = Array.ConvertAll(curve.Particles, k => Math.Log2(k));
        var line = plot.Add.Scatter(x, Array.ConvertAll(curve.Distances, Math.Log10));
        line.LegendText = "ancestral, K particles";
        if (curve.Distances[0] > 2 * curve.Floor)
        {
            var fifth = plot.Add.HorizontalLine(Math.Log10(curve.Distances[0] / 5), pattern: LinePattern.Dotted);
            fifth.LegendText = "a fifth of K = 1";
        }
        var floor = plot.Add.HorizontalLine(Math.Log10(curve.Floor), pattern: LinePattern.Dashed);
        floor.LegendText = "Monte-Carlo floor";
        plot.Axes.Bottom.TickGenerator = new ScottPlot.TickGenerators.NumericManual(x, Array.ConvertAll(curve.Particles, k => $"{k}"));
        double[] levels = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2];
        plot.Axes.Left.TickGenerator = new ScottPlot.TickGenerators.NumericManual(Array.ConvertAll(levels, Math.Log10), Array.ConvertAll(levels, level => $"{level}"));
        plot.Axes.SetLimits(-0.3, x[^1] + 0.3, Math.Log10(levels[0]), Math.Log10(levels[^1]));
        plot.Title(curve.Problem.Name);
        plot.XLabel("particles K");
        plot.YLabel("Wasserstein-1 distance");
        plot.ShowLegend(Alignment.UpperRight);
        return plot;
    }

    private static Plot Densities(BiasCurve curve)
    {
        var plot = new Plot();
        double[] x = [.. Enumerable.Range(0, Bins).Select(i => Reach * (2 * (i + 0.5) / Bins - 1))];
        double[] direction = [1, .. Enumerable.Repeat(0.0, curve.Problem.Truth.Dimensions - 1)];
        using (var scope = NewDisposeScope())
        {
            Add("true product", curve.Problem.Truth.Density(tensor(x), direction).data<double>().ToArray());
        }
        Add("K = 1", Histogram(curve.Plain));
        Add($"K = {curve.Particles[^1]}", Histogram(curve.Corrected));
        plot.Axes.AutoScale();
        plot.Title(curve.Problem.Name);
        plot.XLabel("first axis");
        plot.YLabel("density");
        plot.ShowLegend(Alignment.UpperLeft);
        return plot;

        void Add(string name, double[] y)
        {
            var line = plot.Add.ScatterLine(x, y);
            line.LegendText = name;
            line.LineWidth = 2;
        }
    }

    private static double[] Histogram(double[] values)
    {
        var density = new double[Bins];
        foreach (double value in values)
        {
            int bin = (int)Math.Floor((value + Reach) / (2 * Reach) * Bins);
            if (bin is >= 0 and < Bins) { density[bin] += Bins / (2 * Reach) / values.Length; }
        }
        return density;
    }
}
