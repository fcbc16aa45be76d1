using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using SkiaSharp;

namespace Mcdm.Display.Sheets;

/// <summary>
/// Chooses a font for each letter: the one that Mcdm brings along, so that sheets look the same everywhere, and for letters that it lacks one of
/// the system's. A font for every script would be larger than all else in the module but libtorch.
/// </summary>
internal static class SheetFonts
{
    private static readonly string[] s_extensions = [".ttf", ".otf", ".ttc", ".otc"];

    /// <summary>Words in a font file's name that say that it is not the plain one.</summary>
    private static readonly string[] s_styles = ["Bold", "Italic", "Oblique", "Mono", "Serif", "Condensed", "Light", "Thin", "Black"];

    private static readonly Lazy<SKTypeface> s_own = new(Load);
    private static readonly Lazy<IReadOnlyList<SKTypeface>> s_installed = new(Installed);
    private static readonly ConcurrentDictionary<string, SKTypeface> s_families = new(StringComparer.Ordinal);
    private static readonly ConcurrentDictionary<string, SKTypeface?> s_found = new(StringComparer.Ordinal);

    /// <summary>The font that Mcdm brings along: Latin, Greek, Cyrillic, signs of arithmetic.</summary>
    public static SKTypeface Own => s_own.Value;

    /// <summary>The same, for the caller to dispose.</summary>
    public static SKTypeface Load()
    {
        using Stream font = typeof(SheetFonts).Assembly.GetManifestResourceStream("Mcdm.Sheets.SheetFont.ttf")
            ?? throw new InvalidOperationException("The font resource Mcdm.Sheets.SheetFont.ttf is missing from the assembly.");
        return SKTypeface.FromStream(font);
    }

    /// <summary>A text in pieces of one font each; what no font has is a piece without one.</summary>
    public static IReadOnlyList<SheetRun> Runs(string text)
    {
        List<SheetRun> runs = [];
        SKTypeface? current = null;
        int start = 0;
        foreach (int at in StringInfo.ParseCombiningCharacters(text))
        {
            string letter = text.Substring(at, StringInfo.GetNextTextElementLength(text, at));
            // Spaces and marks between words of another script belong to them: such a piece may run from right to left.
            var face = current is not null && !char.IsLetterOrDigit(letter, 0) && Has(current, letter) ? current : FaceOf(letter);
            if (at > start && face != current)
            {
                runs.Add(new SheetRun(text[start..at], current));
                start = at;
            }
            current = face;
        }
        if (start < text.Length) { runs.Add(new SheetRun(text[start..], current)); }
        return runs;
    }

    private static SKTypeface? FaceOf(string letter) => Has(Own, letter) ? Own : s_found.GetOrAdd(letter, Find);

    private static SKTypeface? Find(string letter)
    {
        int first = letter.EnumerateRunes().First().Value;
        return SKFontManager.Default.MatchCharacter(first) is { } face && Has(face, first) ? s_families.GetOrAdd(face.FamilyName, face)
            : s_installed.Value.FirstOrDefault(face => Has(face, letter)) ?? s_installed.Value.FirstOrDefault(face => Has(face, first));
    }

    /// <summary>Whether a font has all of a letter; what only says how letters join or look need not be drawn.</summary>
    private static bool Has(SKTypeface face, string letter) => letter.EnumerateRunes().All(rune =>
        Rune.GetUnicodeCategory(rune) == UnicodeCategory.Format || rune.Value is >= 0xFE00 and <= 0xFE0F || Has(face, rune.Value));

    private static bool Has(SKTypeface face, int character)
    {
        using SKFont font = new(face);
        return font.ContainsGlyph(character);
    }

    /// <summary>The fonts of a Linux, whose own way of finding them Skia is built without; other systems are asked.</summary>
    private static IReadOnlyList<SKTypeface> Installed()
    {
        if (!OperatingSystem.IsLinux()) { return []; }
        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile),
            data = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData);
        string[] folders = ["/usr/share/fonts", "/usr/local/share/fonts",
            .. new[] { (data, "fonts"), (home, ".fonts") }.Where(of => of.Item1.Length > 0).Select(of => Path.Combine(of.Item1, of.Item2))];
        EnumerationOptions all = new() { RecurseSubdirectories = true, IgnoreInaccessible = true };
        return [.. folders.Where(Directory.Exists).SelectMany(folder => Directory.EnumerateFiles(folder, "*", all))
            .Where(file => s_extensions.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase))
            .OrderBy(file => s_styles.Count(style => Path.GetFileName(file).Contains(style, StringComparison.OrdinalIgnoreCase)))
                .ThenBy(file => file, StringComparer.Ordinal)
            .Select(file => SKTypeface.FromFile(file)).OfType<SKTypeface>()];
    }
}

/// <summary>A piece of a text.</summary>
/// <param name="Text">Its letters.</param>
/// <param name="Face">The font that has them; null where none has.</param>
internal sealed record SheetRun(string Text, SKTypeface? Face);
