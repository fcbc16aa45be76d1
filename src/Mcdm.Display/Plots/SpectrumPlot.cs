using System.Globalization;
using Mcdm.Evaluation;
using Mcdm.Imaging;
using ScottPlot;
using ScottPlot.TickGenerators;

namespace Mcdm.Display.Plots;

/// <summary>Draws the power spectrum of a set of pictures, and that of the reference it was compared with, both axes logarithmic.</summary>
public static class SpectrumPlot
{
    /// <summary>
    /// A power of 0, which a picture of one colour has at all frequencies, is drawn as this: far below what rounding to whole levels leaves in a
    /// picture.
    /// </summary>
    private const double LeastPower = 1e-9;

    /// <summary>Room beside the lines, as a share of the axis.</summary>
    private const double Margin = 0.04;

    /// <summary>Draws the spectra of a measurement.</summary>
    /// <param name="set">The measurement.</param>
    /// <param name="width">Width in pixels.</param>
    /// <param name="height">Height in pixels.</param>
    /// <exception cref="McdmException"><c>NoSpectrum</c>: neither the set nor its reference has one.</exception>
    public static Picture Draw(SetMeasurement set, int width, int height)
    {
        var lines = new (RadialSpectrum? Spectrum, string Name)[]
        {
            (set.Spectrum, $"the set, {set.Pictures} pictures"),
            (set.ReferenceSpectrum, $"reference, {set.Reference} pictures"),
        };
        if (lines.All(line => line.Spectrum is not { Power.Count: > 0 }))
        {
            throw new McdmException("NoSpectrum", ErrorKind.InvalidArgument,
                "The measurement holds no power spectrum to plot: the pictures that were measured differ in size, or have a single column.");
        }
        var plot = PlotPanel.Create("power spectrum of brightness", "frequency, in cycles over the picture's width", "power of a coefficient, (1/255)²");
        foreach (var ((spectrum, name), color) in lines.Select((line, i) => (line, i)))
        {
            if (spectrum is null) { continue; }
            plot.AddLine([.. spectrum.Power.Select((_, i) => Math.Log2(i + 1))], [.. spectrum.Power.Select(power => Math.Log10(Math.Max(LeastPower, power)))],
                name, color);
        }
        plot.Axes.Margins(Margin, Margin);
        plot.Axes.Bottom.TickGenerator = Whole(new EvenlySpacedMinorTickGenerator(1),
            exponent => Math.Pow(2, exponent).ToString("0", CultureInfo.InvariantCulture));
        plot.Axes.Left.TickGenerator = Whole(new LogMinorTickGenerator(),
            exponent => Math.Pow(10, exponent).ToString(exponent is > -4 and < 5 ? "0.###" : "0e0", CultureInfo.InvariantCulture));
        return PlotPanel.Draw([plot], width, height);
    }

    /// <summary>Marks at whole exponents, and small ones between them.</summary>
    private static NumericAutomatic Whole(IMinorTickGenerator between, Func<double, string> label) =>
        new() { IntegerTicksOnly = true, MinorTickGenerator = between, LabelFormatter = label };
}
