using System.Globalization;
using System.Text;

namespace Mcdm.Modalities.Text;

/// <summary>
/// Unicode's normalisation form C (Unicode Standard Annex 15): a letter and the accents after it become one character where there is one. .NET's own leaves
/// text as it is where it runs without the system's culture data, as it does in many containers.
/// </summary>
internal static class CanonicalComposition
{
    private const string Resource = "Mcdm.Modalities.CanonicalCompositions.txt";
    private const int HangulFirst = 0xAC00, LeadFirst = 0x1100, VowelFirst = 0x1161, TailFirst = 0x11A7, Leads = 19, Vowels = 21, Tails = 28;

    private static readonly Lazy<Tables> s_tables = new(Tables.Read);

    /// <summary>A text in form C; half an emoji becomes U+FFFD.</summary>
    public static string Compose(string text)
    {
        if (Ascii.IsValid(text)) { return text; }
        var runes = new List<int>(text.Length);
        foreach (var rune in text.EnumerateRunes()) { Decompose(rune.Value, runes); }
        Order(runes);
        var composed = new StringBuilder(text.Length);
        foreach (int rune in Joined(runes)) { composed.Append(new Rune(rune).ToString()); }
        return composed.ToString();
    }

    private static void Decompose(int rune, List<int> into)
    {
        if (rune - HangulFirst is >= 0 and < Leads * Vowels * Tails and int syllable)
        {
            into.Add(LeadFirst + syllable / (Vowels * Tails));
            into.Add(VowelFirst + syllable / Tails % Vowels);
            if (syllable % Tails > 0) { into.Add(TailFirst + syllable % Tails); }
        }
        else if (s_tables.Value.Parts.TryGetValue(rune, out var parts))
        {
            foreach (int part in parts) { Decompose(part, into); }
        }
        else
        {
            into.Add(rune);
        }
    }

    /// <summary>Sorts each run of marks by their classes; marks of one class keep their order.</summary>
    private static void Order(List<int> runes)
    {
        for (int i = 1; i < runes.Count; i++)
        {
            for (int j = i; j > 0 && Class(runes[j]) is > 0 and int later && Class(runes[j - 1]) > later; j--) { (runes[j - 1], runes[j]) = (runes[j], runes[j - 1]); }
        }
    }

    private static List<int> Joined(List<int> runes)
    {
        var joined = new List<int>(runes.Count);
        int starter = -1, before = 0;
        foreach (int rune in runes)
        {
            int own = Class(rune);
            // A mark is blocked from its letter by a mark of its own class or a higher one between.
            if (starter >= 0 && (starter == joined.Count - 1 || before < own) && Join(joined[starter], rune) is { } whole)
            {
                joined[starter] = whole;
                continue;
            }
            joined.Add(rune);
            before = own;
            if (own == 0) { starter = joined.Count - 1; }
        }
        return joined;
    }

    private static int? Join(int first, int second)
    {
        if (first - LeadFirst is >= 0 and < Leads and int lead && second - VowelFirst is >= 0 and < Vowels and int vowel) { return HangulFirst + (lead * Vowels + vowel) * Tails; }
        if (first - HangulFirst is >= 0 and < Leads * Vowels * Tails and int syllable && syllable % Tails == 0 && second - TailFirst is > 0 and < Tails and int tail) { return first + tail; }
        return s_tables.Value.Wholes.TryGetValue((first, second), out int whole) ? whole : null;
    }

    private static int Class(int rune) => s_tables.Value.Classes.GetValueOrDefault(rune);

    /// <summary>What characters are made of, and the classes of marks.</summary>
    private sealed record Tables(Dictionary<int, int[]> Parts, Dictionary<(int First, int Second), int> Wholes, Dictionary<int, int> Classes)
    {
        public static Tables Read()
        {
            var tables = new Tables([], [], []);
            using var reader = new StreamReader(typeof(Tables).Assembly.GetManifestResourceStream(Resource)!);
            while (reader.ReadLine() is { } line)
            {
                if (line.StartsWith('#')) { continue; }
                string[] words = line.Split(' ');
                if (words[0].EndsWith(':'))
                {
                    int own = int.Parse(words[0].TrimEnd(':'), CultureInfo.InvariantCulture);
                    foreach (string range in words.Skip(1))
                    {
                        string[] ends = range.Split('-');
                        for (int rune = Hexadecimal(ends[0]); rune <= Hexadecimal(ends[^1]); rune++) { tables.Classes[rune] = own; }
                    }
                    continue;
                }
                int whole = Hexadecimal(words[0].TrimEnd('!'));
                tables.Parts[whole] = words.Skip(1).Select(Hexadecimal).ToArray();
                if (!words[0].EndsWith('!')) { tables.Wholes[(tables.Parts[whole][0], tables.Parts[whole][1])] = whole; }
            }
            return tables;
        }

        private static int Hexadecimal(string digits) => int.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
    }
}
