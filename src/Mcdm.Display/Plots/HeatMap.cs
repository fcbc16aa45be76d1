using Mcdm.Imaging;

namespace Mcdm.Display.Plots;

/// <summary>Where pictures differ, as colours of the perceptually uniform scale viridis: dark violet for not at all, yellow for the scale's end.</summary>
public static class HeatMap
{
    private static readonly ScottPlot.Colormaps.Viridis s_colors = new();

    /// <summary>Draws values.</summary>
    /// <param name="values">One a pixel, row by row, 0 or more.</param>
    /// <param name="width">Pixels in a row.</param>
    /// <param name="scale">The value that yellow stands for; 0 where all values are 0.</param>
    public static Picture Draw(IReadOnlyList<double> values, int width, double scale)
    {
        var rgba = new byte[4 * values.Count];
        for (int i = 0; i < values.Count; i++)
        {
            var color = s_colors.GetColor(scale > 0 ? values[i] / scale : 0);
            (rgba[4 * i], rgba[4 * i + 1], rgba[4 * i + 2], rgba[4 * i + 3]) = (color.R, color.G, color.B, 255);
        }
        return new Picture(width, values.Count / width, rgba);
    }
}
