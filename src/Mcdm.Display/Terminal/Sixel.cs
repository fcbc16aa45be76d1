using System.Text;
using Mcdm.Imaging;

namespace Mcdm.Display.Terminal;

/// <summary>
/// Draws as DEC sixels (VT330/VT340 Programmer Reference, chapter 14): bands of six rows, in each a line for every colour, whose
/// characters tell which of six pixels have it.
/// </summary>
public static class Sixel
{
    private const int BandHeight = 6, MaxColors = 256, HalfOpaque = 128, ShortestRun = 4;

    /// <summary>Draws a picture at the cursor, in at most 256 colours. Pixels less than half opaque are left as they are (P2 = 1).</summary>
    /// <param name="picture">The picture, a terminal pixel each pixel.</param>
    public static string Encode(Picture picture)
    {
        bool IsOpaque(int pixel) => picture.Rgba[4 * pixel + 3] >= HalfOpaque;
        var palette = ColorPalette.Of(picture, MaxColors, IsOpaque);
        var text = new StringBuilder($"\eP0;1;0q\"1;1;{picture.Width};{picture.Height}");
        for (int k = 0; k < palette.Colors.Count; k++)
        {
            var color = palette.Colors[k];
            text.Append($"#{k};2;{Percent(color.Red)};{Percent(color.Green)};{Percent(color.Blue)}");
        }
        for (int top = 0; top < picture.Height; top += BandHeight)
        {
            var lines = new SortedDictionary<int, byte[]>();
            for (int y = top; y < Math.Min(top + BandHeight, picture.Height); y++)
            {
                for (int x = 0; x < picture.Width; x++)
                {
                    int pixel = y * picture.Width + x;
                    if (!IsOpaque(pixel)) { continue; }
                    int color = palette.IndexOf(picture, pixel);
                    if (!lines.TryGetValue(color, out byte[]? line)) { lines[color] = line = new byte[picture.Width]; }
                    line[x] |= (byte)(1 << (y - top));
                }
            }
            // '$' goes back to the band's start for the next colour, '-' on to the next band.
            text.AppendJoin('$', lines.Select(line => $"#{line.Key}{Runs(line.Value)}")).Append('-');
        }
        return text.Append("\e\\").ToString();
    }

    private static int Percent(byte level) => (level * 100 + 127) / 255;

    /// <summary>Six pixels are a character from '?' on; a run of them is "!count character"; what is empty at the end is left out.</summary>
    private static string Runs(byte[] line)
    {
        var text = new StringBuilder();
        int end = Array.FindLastIndex(line, pixels => pixels != 0) + 1;
        for (int from = 0, to; from < end; from = to)
        {
            for (to = from + 1; to < end && line[to] == line[from]; to++) { }
            char pixels = (char)('?' + line[from]);
            int run = to - from;
            _ = run < ShortestRun ? text.Append(pixels, run) : text.Append('!').Append(run).Append(pixels);
        }
        return text.ToString();
    }
}
