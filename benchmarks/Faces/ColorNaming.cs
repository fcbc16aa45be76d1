using Mcdm.Imaging;

namespace Mcdm.Benchmarks.Faces;

/// <summary>
/// Names the colour of every pixel of a flat-coloured drawing: the nearest of a palette, where each colour also occurs in
/// its shade (what lies in shadow is darker by a known factor).
/// </summary>
internal sealed class ColorNaming
{
    private readonly List<(string Name, int Red, int Green, int Blue)> _prototypes = [];

    /// <summary>Adds a colour.</summary>
    /// <param name="name">What it is called; several colours may share a name.</param>
    /// <param name="rgb">0xRRGGBB.</param>
    /// <param name="shades">Factors by which shadow darkens it.</param>
    public ColorNaming Add(string name, int rgb, params double[] shades)
    {
        foreach (double shade in shades.Prepend(1))
        {
            _prototypes.Add((name, (int)(shade * (rgb >> 16)), (int)(shade * (rgb >> 8 & 255)), (int)(shade * (rgb & 255))));
        }
        return this;
    }

    /// <summary>The name of each pixel's colour, row by row.</summary>
    public string[] Name(Picture picture)
    {
        var names = new string[picture.Width * picture.Height];
        for (int i = 0; i < names.Length; i++)
        {
            int red = picture.Rgba[4 * i], green = picture.Rgba[4 * i + 1], blue = picture.Rgba[4 * i + 2];
            int nearest = int.MaxValue;
            foreach (var prototype in _prototypes)
            {
                int dr = red - prototype.Red, dg = green - prototype.Green, db = blue - prototype.Blue;
                int distance = dr * dr + dg * dg + db * db;
                if (distance < nearest) { (nearest, names[i]) = (distance, prototype.Name); }
            }
        }
        return names;
    }
}
