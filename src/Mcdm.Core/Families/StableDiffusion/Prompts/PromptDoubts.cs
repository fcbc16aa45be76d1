using System.Globalization;
using System.Text.RegularExpressions;
using static System.FormattableString;

namespace Mcdm.Families.StableDiffusion.Prompts;

/// <summary>
/// What of a prompt may be meant otherwise than it is read: what no rule covers is refused or told, by its name and with the way that there is here.
/// </summary>
internal static partial class PromptDoubts
{
    /// <summary>Weights of words beyond this are told: they are mostly times and formats.</summary>
    private const double LargestUsual = 2;

    private const int LongestHead = 40;

    /// <summary>The beginning of a text, for messages.</summary>
    public static string Head(string text) => text.Length <= LongestHead ? text : text[..LongestHead].Trim() + "…";

    /// <summary>Refuses what would change what is sampled and has another way here.</summary>
    /// <param name="prompt">The prompt as typed, without comments.</param>
    /// <param name="networks">The names of networks in it.</param>
    /// <exception cref="McdmException"><c>PromptNetwork</c>, <c>PromptSchedule</c>, <c>PromptEmbedding</c>.</exception>
    public static void Refuse(string prompt, IReadOnlyList<IReadOnlyList<string>> networks)
    {
        if (networks is [var network, ..])
        {
            string file = network[1];
            throw Refused("PromptNetwork", $"<{string.Join(':', network)}>", network[0] is "lora" or "lyco"
                ? $"names a LoRA; here it is loaded with its model (Import-McdmModel MODEL -Lora {file}.safetensors -LoraWeight "
                    + $"{network.ElementAtOrDefault(2) ?? "1"}) and is an expert of its own"
                : $"names a network of the kind '{network[0]}', which is not run");
        }
        if (PromptSchedules.FirstIn(prompt) is { } schedule)
        {
            throw Refused("PromptSchedule", schedule, "changes the prompt while it is sampled; here conditions change: give each text one of its own, with "
                + "-Schedule (New-McdmCondition 'a cat' -Schedule @{ 500 = 0; 1000 = 1 }). \\[ and \\] are brackets as such");
        }
        if (NamedEmbedding().Match(prompt) is { Success: true } embedding)
        {
            throw Refused("PromptEmbedding", embedding.Value, $"names an embedding as ComfyUI does; here '{embedding.Groups[1].Value}' alone stands "
                + "for it, once it is loaded with its model (Import-McdmModel MODEL -Embedding FILE)");
        }
    }

    /// <summary>What of a prompt is read and surprises, in a clause each.</summary>
    /// <param name="prompt">The prompt as typed, without comments.</param>
    public static IEnumerable<string> Of(string prompt)
    {
        if (Alternatives().Match(prompt) is { Success: true } wildcard)
        {
            yield return $"'{Head(wildcard.Value)}' is read as it stands, and nothing of it is chosen; rows of a table are pictures of their own (Import-Csv)";
        }
        if (Suffix().Match(prompt) is { Success: true } suffix)
        {
            yield return $"'{Head(suffix.Value)}' is read as it stands, and weighs nothing; a weight is written as in (fox:1.2)";
        }
        foreach (string number in NoNumbers(prompt))
        {
            yield return $"':{Head(number)})' is no weight but text: weights have digits and a decimal point, as in (fox:1.2)";
        }
    }

    /// <summary>What of a part's weights surprises, in a clause each.</summary>
    /// <param name="pieces">The part's pieces.</param>
    /// <param name="isBalanced">Whether every bracket is closed.</param>
    public static IEnumerable<string> Of(IReadOnlyList<WeightedText> pieces, bool isBalanced)
    {
        if (!isBalanced) { yield return "a bracket that is not closed weighs all that follows it; \\( and \\[ are brackets as such"; }
        if (pieces.Any(piece => piece.Text == WeightedText.Break && !piece.IsBreak))
        {
            yield return $"{WeightedText.Break} in brackets is the word; outside of them it begins another chunk";
        }
        foreach (var piece in pieces.Where(piece => Math.Abs(piece.Weight) > LargestUsual && piece.Text.Trim() is { Length: > 0 }))
        {
            yield return Invariant($"'{Head(piece.Text.Trim())}' has the weight {piece.Weight:0.###}, which mostly spoils a picture; '(16:9)' is 16 with ")
                + "weight 9, and \\( and \\) are brackets as such";
        }
    }

    private static McdmException Refused(string id, string what, string why) =>
        new(id, ErrorKind.InvalidArgument, $"'{Head(what)}' in the prompt {why}. New-McdmCondition -LiteralText takes all as letters.");

    /// <summary>What stands in the place of a weight and looks like a number to people.</summary>
    private static IEnumerable<string> NoNumbers(string prompt) => InPlaceOfWeight().Matches(prompt).Select(match => match.Groups[1].Value)
        .Where(text => !Weight().IsMatch(text) && (text.Trim('+', '-').ToLowerInvariant() is "nan" or "inf" or "infinity"
            || double.TryParse(text.Replace(',', '.').TrimEnd('f', '%'), NumberStyles.Float, CultureInfo.InvariantCulture, out _)));

    [GeneratedRegex(@"\bembedding:\s*([^\s,:()\[\]]+)", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex NamedEmbedding();

    /// <summary>{a|b} and __words__, of which extensions of other programs choose.</summary>
    [GeneratedRegex(@"\{[^{}|]*\|[^{}]*\}|\b__\w+?__\b", RegexOptions.CultureInvariant)]
    private static partial Regex Alternatives();

    /// <summary>fox++, fox--, (fox)1.2 and (fox)++, as InvokeAI has them.</summary>
    [GeneratedRegex(@"\b\w+(\+{2,}|-{2,})(?=[\s,.;)]|$)|\)((?>\d+)(\.(?>\d*))?|\.(?>\d+)|(?>[+-]+))(?=[\s,.;)]|$)", RegexOptions.CultureInvariant)]
    private static partial Regex Suffix();

    [GeneratedRegex(@":\s*([^\s:()\[\]]{1,40})\s*\)", RegexOptions.CultureInvariant)]
    private static partial Regex InPlaceOfWeight();

    [GeneratedRegex(@"^[+-]?[.\d]+$", RegexOptions.CultureInvariant)]
    private static partial Regex Weight();
}
