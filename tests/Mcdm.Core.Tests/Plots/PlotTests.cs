using Mcdm.Diffusion.Samplers;
using Mcdm.Display.Plots;
using Mcdm.Evaluation;
using Mcdm.Experts;
using Mcdm.Imaging;
using Mcdm.Sampling;
using Xunit;

namespace Mcdm.Core.Tests.Plots;

/// <summary>Plots, looked at for the colours of their lines.</summary>
public sealed class PlotTests
{
    private const int Width = 800, Height = 600, LegendWidth = 224;
    private static readonly (int, int, int) Blue = (0x1f, 0x77, 0xb4), Orange = (0xff, 0x7f, 0x0e), Olive = (0xbc, 0xbd, 0x22);

    private static Recipe With(params ConditionCosines[] cosines) => new()
    {
        Model = "Tiny", Conditions = [], Seed = 5, Sampling = new SamplerOptions(), Precision = "float32",
        Disagreement = new Disagreement
        {
            Levels = [1000, 500, 100],
            Norms = [new("text", [1, 5, 9]), .. cosines.Length == 0 ? [] : new[] { new ConditionNorms("sketch", [2, 2, 2]) }],
            Cosines = cosines,
        },
    };

    /// <summary>The rows and columns of a colour, beside the legend.</summary>
    private static List<(int Row, int Column)> Find(Picture plot, (int, int, int) color) => Enumerable.Range(0, plot.Width * plot.Height)
        .Where(i => i % plot.Width < plot.Width - LegendWidth && (plot.Rgba[4 * i], plot.Rgba[4 * i + 1], plot.Rgba[4 * i + 2]) == color)
        .Select(i => (i / plot.Width, i % plot.Width)).ToList();

    private static (int First, int Last) RowsAtEnds(List<(int Row, int Column)> line) => (line.MinBy(place => place.Column).Row, line.MaxBy(place => place.Column).Row);

    [Fact]
    public void The_noise_level_falls_to_the_right()
    {
        var line = Find(DisagreementPlot.Draw(With(), Width, Height), Blue);
        var (first, last) = RowsAtEnds(line);
        Assert.True(first > last + Height / 2, "a length that grows towards the picture rises to the right");
    }

    [Fact]
    public void Lengths_are_above_and_cosines_below()
    {
        var plot = DisagreementPlot.Draw(With(new ConditionCosines("text", "sketch", [0.9, 0, -0.9])), Width, Height);
        Assert.Equal((Width, Height), (plot.Width, plot.Height));
        Assert.All(Find(plot, Blue).Concat(Find(plot, Orange)), place => Assert.InRange(place.Row, 0, Height / 2));
        var cosine = Find(plot, Olive);
        Assert.All(cosine, place => Assert.InRange(place.Row, Height / 2, Height));
        var (first, last) = RowsAtEnds(cosine);
        Assert.True(first < last - Height / 4, "a cosine that falls sinks to the right");
    }

    [Fact]
    public void Text_is_written_without_fonts_of_the_system()
    {
        var plot = DisagreementPlot.Draw(With(), Width, Height);
        Assert.InRange(Enumerable.Range(0, 20 * Width).Count(i => plot.Rgba[4 * i] < 128), 200, 10_000);
    }

    [Fact]
    public void A_recipe_without_disagreement_is_refused() =>
        Assert.Equal("NoDisagreement", Assert.Throws<McdmException>(() => DisagreementPlot.Draw(With() with { Disagreement = null }, Width, Height)).Id);

    [Fact]
    public void One_noise_level_is_plotted_too()
    {
        var recipe = With() with { Disagreement = new Disagreement { Levels = [1000], Norms = [new("text", [0])], Cosines = [] } };
        Assert.NotEmpty(Find(DisagreementPlot.Draw(recipe, Width, Height), Blue));
    }

    private static RadialSpectrum Spectrum(params double[] power) => new(2 * power.Length, 2 * power.Length, power);

    [Fact]
    public void A_spectrum_falls_to_the_right_and_the_reference_has_a_line_of_its_own()
    {
        var set = new SetMeasurement { Pictures = 50, Spectrum = Spectrum(100, 10, 1, 0.1, 0.1), Reference = 60, ReferenceSpectrum = Spectrum(100, 10, 1, 0.01, 0.001) };
        var plot = SpectrumPlot.Draw(set, Width, Height);
        var (first, last) = RowsAtEnds(Find(plot, Orange));
        Assert.True(first < last - Height / 2, "a power that falls sinks to the right");
        Assert.True(RowsAtEnds(Find(plot, Blue)).Last < last - Height / 5, "a hundredfold power is far above");
        Assert.Empty(Find(SpectrumPlot.Draw(set with { ReferenceSpectrum = null }, Width, Height), Orange));
    }

    [Fact]
    public void Powers_of_0_are_drawn_and_no_spectrum_is_refused()
    {
        Assert.NotEmpty(Find(SpectrumPlot.Draw(new SetMeasurement { Pictures = 1, Spectrum = Spectrum(0, 0, 0) }, Width, Height), Blue));
        Assert.Equal("NoSpectrum", Assert.Throws<McdmException>(() => SpectrumPlot.Draw(new SetMeasurement { Pictures = 2 }, Width, Height)).Id);
        Assert.Equal("NoSpectrum", Assert.Throws<McdmException>(() => SpectrumPlot.Draw(new SetMeasurement { Pictures = 1, Spectrum = Spectrum() }, Width, Height)).Id);
    }
}
