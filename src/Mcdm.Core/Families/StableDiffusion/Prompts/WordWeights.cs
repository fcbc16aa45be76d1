using System.Buffers;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Mcdm.Families.StableDiffusion.Prompts;

/// <summary>
/// Weights of words, as AUTOMATIC1111 reads them: <c>(word)</c> × 1.1, <c>[word]</c> ÷ 1.1, <c>(word:1.3)</c> × 1.3, brackets within brackets multiplied, a
/// backslash before a bracket or a backslash for the character itself, and BREAK for another chunk.
/// </summary>
internal static partial class WordWeights
{
    private const double Round = 1.1, Square = 1 / Round;

    /// <summary>What a backslash takes the meaning of.</summary>
    private const string Escaped = @"\()[]";

    /// <summary>What ends a run of plain text.</summary>
    private static readonly SearchValues<char> s_signs = SearchValues.Create(Escaped + ":");

    /// <summary>Reads a prompt.</summary>
    /// <returns>Its pieces in order, at least one; neighbours have different weights. And whether every bracket that opens is closed.</returns>
    /// <exception cref="McdmException"><c>PromptWeight</c>: what stands for a weight is no number, or one without end.</exception>
    public static (IReadOnlyList<WeightedText> Pieces, bool IsBalanced) Read(string prompt)
    {
        var pieces = new List<WeightedText>();
        var (round, square) = (new Stack<int>(), new Stack<int>());
        for (int at = 0; at < prompt.Length;)
        {
            int length = 1;
            switch (prompt[at])
            {
                case '\\':
                    bool isEscape = at + 1 < prompt.Length && Escaped.Contains(prompt[at + 1], StringComparison.Ordinal);
                    length = isEscape ? 2 : 1;
                    pieces.Add(new(isEscape ? prompt.Substring(at + 1, 1) : "", 1));
                    break;
                case '(': round.Push(pieces.Count); break;
                case '[': square.Push(pieces.Count); break;
                case ')' when round.TryPop(out int first): Multiply(first, Round); break;
                case ']' when square.TryPop(out int first): Multiply(first, Square); break;
                case ':' when Weight().Match(prompt, at) is { Success: true } weight:
                    length = weight.Length;
                    if (round.TryPop(out int start)) { Multiply(start, Number(weight.Groups[1].Value)); }
                    else { Add(weight.Value); }
                    break;
                default:
                    int end = prompt.AsSpan(at + 1).IndexOfAny(s_signs);
                    length = s_signs.Contains(prompt[at]) ? 1 : end < 0 ? prompt.Length - at : end + 1;
                    Add(prompt.Substring(at, length));
                    break;
            }
            at += length;
        }
        bool isBalanced = round.Count + square.Count == 0;
        while (round.TryPop(out int open)) { Multiply(open, Round); }
        while (square.TryPop(out int open)) { Multiply(open, Square); }
        if (pieces.FindIndex(piece => !double.IsFinite(piece.Weight)) is >= 0 and var wrong)
        {
            throw TooGreat(pieces[wrong]);
        }
        return (Joined(pieces), isBalanced);

        void Add(string text)
        {
            string[] parts = BreakWord().Split(text);
            for (int i = 0; i < parts.Length; i++)
            {
                if (i > 0)
                {
                    pieces.Add(WeightedText.NextChunk);
                    parts[i] = parts[i].TrimStart();
                }
                pieces.Add(new(i < parts.Length - 1 ? parts[i].TrimEnd() : parts[i], 1));
            }
        }

        void Multiply(int first, double factor)
        {
            for (int i = first; i < pieces.Count; i++) { pieces[i] = pieces[i] with { Weight = pieces[i].Weight * factor }; }
            // Brackets within brackets without number end here: each multiplies all that they hold.
            if (pieces.Count > first && !double.IsFinite(pieces[^1].Weight)) { throw TooGreat(pieces[^1]); }
        }
    }

    /// <summary>Neighbours of equal weight as one piece: what a bracket cut in two is one word again.</summary>
    private static List<WeightedText> Joined(List<WeightedText> pieces)
    {
        var joined = new List<WeightedText>();
        var texts = new List<string>();
        foreach (var piece in pieces)
        {
            if (joined.Count > 0 && joined[^1].Weight == piece.Weight)
            {
                texts.Add(piece.Text);
                continue;
            }
            End();
            joined.Add(piece);
            texts.Add(piece.Text);
        }
        End();
        return joined.Count > 0 ? joined : [new("", 1)];

        void End()
        {
            if (joined.Count > 0) { joined[^1] = joined[^1] with { Text = string.Concat(texts) }; }
            texts.Clear();
        }
    }

    /// <summary>A weight's value; its digits may be those of any script.</summary>
    private static double Number(string text)
    {
        const NumberStyles styles = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;
        return double.TryParse(PromptText.WithLatinDigits(text), styles, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value) ? value
            : throw Refused($"':{PromptDoubts.Head(text)})' in the prompt stands where a weight does, and is no number");
    }

    private static McdmException TooGreat(WeightedText piece) =>
        Refused($"The weight of '{PromptDoubts.Head(piece.Text)}' in the prompt is beyond all numbers");

    private static McdmException Refused(string what) =>
        new("PromptWeight", ErrorKind.InvalidArgument, $"{what}; a weight is written as in (red hat:1.3), and \\( and \\) are brackets as such.");

    /// <summary>A colon, a number, and the bracket that it weighs.</summary>
    [GeneratedRegex(@"\G:\s*([+-]?[.\d]+)\s*\)", RegexOptions.CultureInvariant)]
    private static partial Regex Weight();

    [GeneratedRegex(@"\bBREAK\b", RegexOptions.CultureInvariant)]
    private static partial Regex BreakWord();
}
