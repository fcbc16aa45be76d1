using System.Globalization;
using System.Text.Json;
using Mcdm.Imaging;
using Mcdm.Imaging.Drawing;

namespace Mcdm.Benchmarks.Faces;

/// <summary>
/// Judges drawn faces from their pixels: every colour a face can have is known, and hair colours are far from all others. Larger pictures are
/// reduced to its size by averaging.
/// </summary>
internal sealed class FaceJudge
{
    /// <summary>Side in pixels of the pictures that it looks at.</summary>
    public const int Size = 64;

    private const int FewPixels = 12;

    // Where avataaars draws hair and never eyes, brows, glasses or beard: above the brows, and beside the head down to the shoulders.
    private const int BrowRow = 20, ShoulderRow = 46, HeadLeft = 16, HeadRight = 47;

    private readonly ColorNaming _colors = new();
    private readonly string[] _hairColors;

    /// <param name="paletteFile">palette.json, as the tool that draws the faces wrote it.</param>
    public FaceJudge(string paletteFile)
    {
        var palette = JsonSerializer.Deserialize<Dictionary<string, Dictionary<string, string>>>(File.ReadAllText(paletteFile))!;
        _hairColors = palette["hair"].Keys.ToArray();
        foreach (var (group, colors) in palette)
        {
            foreach (var (name, hex) in colors)
            {
                int rgb = int.Parse(hex.AsSpan(1), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                if (group == "hair") { _colors.Add(HairName(name), rgb, 0.72, 0.84); }
                else { _colors.Add("other", rgb, 0.84, 0.92); }
            }
        }
        _colors.Add("other", 0xf4f4f4, 0.84).Add("other", 0xff4f6d);
    }

    /// <summary>The hair colour that covers most of where hair can be; null where hardly any does.</summary>
    public string? HairColor(Picture face)
    {
        string[] names = _colors.Name(AtItsSize(face));
        var counts = _hairColors.ToDictionary(color => color, color => 0);
        for (int i = 0; i < names.Length; i++)
        {
            int x = i % Size, y = i / Size;
            bool hairMayBe = y < BrowRow || (y < ShoulderRow && x is < HeadLeft or > HeadRight);
            if (hairMayBe && HairOf(names[i]) is { } color) { counts[color]++; }
        }
        var most = counts.MaxBy(pair => pair.Value);
        return most.Value < FewPixels ? null : most.Key;
    }

    /// <summary>Intersection over union of the mask's hair and the pixels of a hair colour, leaving out the mask's parts that may be black or beard-coloured themselves.</summary>
    public double HairOverlap(Picture face, string[] maskParts, string hairColor)
    {
        string[] names = _colors.Name(AtItsSize(face));
        int intersection = 0, union = 0;
        for (int i = 0; i < names.Length; i++)
        {
            if (maskParts[i] is "brows" or "eyes" or "mouth" or "glasses" or "facial hair") { continue; }
            bool wanted = maskParts[i] == "hair", found = HairOf(names[i]) == hairColor;
            if (wanted && found) { intersection++; }
            if (wanted || found) { union++; }
        }
        return union == 0 ? 1 : (double)intersection / union;
    }

    private static Picture AtItsSize(Picture face) => face.Width == Size ? face : AreaAverage.Reduce(face, Size, Size);

    private const string HairPrefix = "hair:";
    private static string HairName(string color) => HairPrefix + color;
    private static string? HairOf(string name) => name.StartsWith(HairPrefix, StringComparison.Ordinal) ? name[HairPrefix.Length..] : null;
}
