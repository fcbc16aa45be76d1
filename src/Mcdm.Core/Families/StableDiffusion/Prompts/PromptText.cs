using System.Globalization;
using System.Text.RegularExpressions;

namespace Mcdm.Families.StableDiffusion.Prompts;

/// <summary>What AUTOMATIC1111 takes of a prompt before it reads weights: comments, names of networks, and parts between the words AND.</summary>
internal static partial class PromptText
{
    private const string And = "AND";

    /// <summary>The prompt without comments, which go from <c>#</c> to the end of a line, and the first of them; null for none.</summary>
    public static (string Text, string? Comment) WithoutComments(string prompt) => Comment().Match(prompt) is { Success: true } first
        ? (Comment().Replace(CommentLine().Replace(prompt, "\n"), "\n"), first.Value.Trim()) : (prompt, null);

    /// <summary>The prompt without <c>&lt;kind:name:weight&gt;</c>, and these, each as its kind and what follows between colons.</summary>
    public static (string Text, IReadOnlyList<IReadOnlyList<string>> Networks) WithoutNetworks(string prompt)
    {
        var networks = Network().Matches(prompt).Select(match => (IReadOnlyList<string>)[match.Groups[1].Value, .. match.Groups[2].Value.Split(':')]).ToList();
        return (networks.Count == 0 ? prompt : Network().Replace(prompt, ""), networks);
    }

    /// <summary>The parts of a prompt between the words AND, each with what a colon and a number at its end weigh it by.</summary>
    /// <exception cref="McdmException"><c>PromptWeight</c>: a number without end.</exception>
    public static IReadOnlyList<WeightedText> Parts(string prompt) => AndWord().Split(prompt).Select(Part).ToList();

    /// <summary>Whether a text has the word AND.</summary>
    public static bool HasAnd(string text) => text.Contains(And, StringComparison.Ordinal) && AndWord().IsMatch(text);

    /// <summary>A text with the digits of other scripts as those that numbers are parsed from.</summary>
    public static string WithLatinDigits(string text) =>
        string.Concat(text.Select(letter => char.IsDigit(letter) ? (char)('0' + (int)CharUnicodeInfo.GetNumericValue(letter)) : letter));

    private static WeightedText Part(string text)
    {
        string trimmed = text.TrimEnd();
        int digits = trimmed.Length;
        while (digits > 0 && (char.IsDigit(trimmed[digits - 1]) || trimmed[digits - 1] == '.')) { digits--; }
        string number = trimmed[digits..];
        int sign = digits > 0 && trimmed[digits - 1] is '+' or '-' ? digits - 1 : digits;
        string before = trimmed[..sign].TrimEnd();
        if (!before.EndsWith(':') || !Number().IsMatch(number)) { return new(trimmed, 1); }
        double weight = double.Parse(WithLatinDigits(number), CultureInfo.InvariantCulture) * (trimmed[sign..].StartsWith('-') ? -1 : 1);
        return double.IsFinite(weight) ? new(before[..^1].TrimEnd(), weight) : throw new McdmException("PromptWeight", ErrorKind.InvalidArgument,
            $"The number after the last colon of '{PromptDoubts.Head(text)}', which weighs it, is beyond all numbers.");
    }

    [GeneratedRegex(@"(^|\n)#[^\n]*(\n|$)", RegexOptions.CultureInvariant)]
    private static partial Regex CommentLine();

    [GeneratedRegex(@"#[^\n]*(\n|$)", RegexOptions.CultureInvariant)]
    private static partial Regex Comment();

    [GeneratedRegex(@"<(\w+):([^>]+)>", RegexOptions.CultureInvariant)]
    private static partial Regex Network();

    [GeneratedRegex(@"\bAND\b", RegexOptions.CultureInvariant)]
    private static partial Regex AndWord();

    [GeneratedRegex(@"^(\d+\.?|\d*\.\d+)$", RegexOptions.CultureInvariant)]
    private static partial Regex Number();
}
