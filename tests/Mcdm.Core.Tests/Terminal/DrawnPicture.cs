using System.Text.RegularExpressions;
using Mcdm.Imaging;
using Mcdm.Imaging.Files;

namespace Mcdm.Tests.Terminal;

/// <summary>Reads back what a terminal would show: written from the protocols' documents, without the code under test.</summary>
internal static partial class DrawnPicture
{
    /// <summary>Sixels: registers in percent, '?' + bits, "!n" repeats, '$' and '-' move. Pixels never set stay transparent.</summary>
    public static Picture FromSixel(string text)
    {
        var match = SixelSequence().Match(text);
        if (!match.Success) { throw new FormatException("There is no sixel sequence."); }
        int width = int.Parse(match.Groups["w"].Value), height = int.Parse(match.Groups["h"].Value);
        var rgba = new byte[4 * width * height];
        var registers = new Dictionary<int, byte[]>();
        int x = 0, top = 0, color = -1;
        foreach (Match token in SixelToken().Matches(match.Groups["data"].Value))
        {
            switch (token.Value[0])
            {
                case '#':
                    int[] numbers = [.. token.Value[1..].Split(';').Select(int.Parse)];
                    color = numbers[0];
                    if (numbers.Length > 1) { registers.Add(color, [.. numbers[2..].Select(percent => (byte)Math.Round(percent * 2.55))]); }
                    break;
                case '$':
                    x = 0;
                    break;
                case '-':
                    (x, top) = (0, top + 6);
                    break;
                default:
                    int count = token.Value[0] == '!' ? int.Parse(token.Value[1..^1]) : 1;
                    for (; count > 0; count--, x++)
                    {
                        for (int bit = 0; bit < 6; bit++)
                        {
                            if (((token.Value[^1] - '?') >> bit & 1) == 0) { continue; }
                            registers[color].CopyTo(rgba, 4 * ((top + bit) * width + x));
                            rgba[4 * ((top + bit) * width + x) + 3] = 255;
                        }
                    }
                    break;
            }
        }
        return new Picture(width, height, rgba);
    }

    /// <summary>Kitty's protocol: the first sequence's keys, the chunks of all put together, the PNG in them.</summary>
    public static (Picture Picture, Dictionary<string, string> Keys, int[] ChunkLengths) FromKitty(string text)
    {
        var chunks = KittySequence().Matches(text).Select(match => (Keys: match.Groups["keys"].Value.Split(',').ToDictionary(key => key.Split('=')[0], key => key.Split('=')[1]), Data: match.Groups["data"].Value)).ToList();
        string[] more = [.. chunks.Select(chunk => chunk.Keys["m"])];
        if (more[^1] != "0" || more[..^1].Any(m => m != "1")) { throw new FormatException($"The chunks say m={string.Join(",", more)}."); }
        byte[] png = [.. chunks.SelectMany(chunk => Convert.FromBase64String(chunk.Data))];
        return (PictureFile.Decode(png, "kitty"), chunks[0].Keys, [.. chunks.Select(chunk => chunk.Data.Length)]);
    }

    /// <summary>Half blocks: every character is two pixels, of the colours that SGR 38, 48, 39, 49 and 0 selected; a default background is transparent.</summary>
    public static Picture FromHalfBlocks(string text)
    {
        var rows = new List<(byte[]? Upper, byte[]? Lower)[]>();
        foreach (string line in text.Split("\r\n")[..^1])
        {
            byte[]? foreground = null, background = null;
            var row = new List<(byte[]?, byte[]?)>();
            foreach (Match token in HalfBlockToken().Matches(line))
            {
                if (!token.Groups["sgr"].Success)
                {
                    row.Add(token.Value switch
                    {
                        "▀" => (foreground, background),
                        "▄" => (background, foreground),
                        " " => (background, background),
                        _ => throw new FormatException($"'{token.Value}' is no half block."),
                    });
                    continue;
                }
                int[] sgr = [.. token.Groups["sgr"].Value.Split(';').Select(int.Parse)];
                byte[]? color = sgr is [38 or 48, 2, var r, var g, var b] ? [(byte)r, (byte)g, (byte)b, 255]
                    : sgr is [0 or 39 or 49] ? null : throw new FormatException($"SGR {token.Value[1..]} is not expected.");
                if (sgr[0] is 0 or 38 or 39) { foreground = color; }
                if (sgr[0] is 0 or 48 or 49) { background = color; }
            }
            rows.Add([.. row]);
        }
        int width = rows.Max(row => row.Length);
        var rgba = new byte[4 * width * 2 * rows.Count];
        for (int y = 0; y < 2 * rows.Count; y++)
        {
            for (int x = 0; x < rows[y / 2].Length; x++)
            {
                ((y % 2 == 0 ? rows[y / 2][x].Upper : rows[y / 2][x].Lower) ?? new byte[4]).CopyTo(rgba, 4 * (y * width + x));
            }
        }
        return new Picture(width, 2 * rows.Count, rgba);
    }

    [GeneratedRegex("\eP0;1;0?q\"1;1;(?<w>\\d+);(?<h>\\d+)(?<data>[^\e]*)\e\\\\")]
    private static partial Regex SixelSequence();

    [GeneratedRegex(@"#[\d;]+|!\d+[?-~]|[?-~$-]")]
    private static partial Regex SixelToken();

    [GeneratedRegex("\e_G(?<keys>[^;\e]*m=[01][^;\e]*);(?<data>[^\e]*)\e\\\\")]
    private static partial Regex KittySequence();

    [GeneratedRegex("\e\\[(?<sgr>[\\d;]*)m|[^\e]")]
    private static partial Regex HalfBlockToken();
}
