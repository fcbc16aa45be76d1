using System.Text;
using Mcdm.Imaging;

namespace Mcdm.Display.Terminal;

/// <summary>Draws with characters: each shows two pixels, one above the other, in 24-bit colours.</summary>
public static class HalfBlocks
{
    /// <summary>The characters that a terminal's encoding must have, besides ASCII.</summary>
    public const string Characters = "▀▄";

    private const string Default = "9";
    private const int HalfOpaque = 128;

    /// <summary>Draws a picture. Pixels less than half opaque show the terminal's background.</summary>
    /// <param name="picture">The picture: a column a pixel of width, a line for two of height.</param>
    /// <returns>The lines; each ends with colours reset and a line break.</returns>
    public static string Encode(Picture picture)
    {
        var text = new StringBuilder();
        for (int y = 0; y < picture.Height; y += 2)
        {
            string foreground = Default, background = Default;
            for (int x = 0; x < picture.Width; x++)
            {
                string? upper = Color(picture, x, y), lower = Color(picture, x, y + 1);
                char block = upper is not null ? '▀' : lower is not null ? '▄' : ' ';
                Set(text, '3', ref foreground, upper ?? lower ?? foreground);
                Set(text, '4', ref background, upper is null ? Default : lower ?? Default);
                text.Append(block);
            }
            text.Append("\e[0m\r\n");
        }
        return text.ToString();
    }

    private static string? Color(Picture picture, int x, int y)
    {
        int i = 4 * (y * picture.Width + x);
        byte[] rgba = picture.Rgba;
        return y >= picture.Height || rgba[i + 3] < HalfOpaque ? null : $"8;2;{rgba[i]};{rgba[i + 1]};{rgba[i + 2]}";
    }

    /// <summary>Selects a colour (SGR) where another is selected: 3… is the foreground, 4… the background.</summary>
    private static void Set(StringBuilder text, char ground, ref string selected, string wanted)
    {
        if (selected == wanted) { return; }
        selected = wanted;
        text.Append("\e[").Append(ground).Append(wanted).Append('m');
    }
}
