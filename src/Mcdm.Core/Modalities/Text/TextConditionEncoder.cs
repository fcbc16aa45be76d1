using static TorchSharp.torch;

namespace Mcdm.Modalities.Text;

/// <summary>A sentence as token numbers.</summary>
/// <param name="tokenizer">The sub-word tokenizer with the expert's vocabulary.</param>
/// <param name="maxTokens">Longest sequence the expert's text encoder takes.</param>
/// <param name="phrases">How the captions that the expert learnt state attributes; null where that is not known.</param>
public sealed class TextConditionEncoder(SubwordTokenizer tokenizer, int maxTokens, IReadOnlyList<Phrase>? phrases = null) : ConditionEncoder(Modality.Text)
{
    /// <summary>Of what was seen in place of what a sentence says, so many are named.</summary>
    private const int MostNamed = 6;

    private readonly UnseenCombinations _unseen = new(phrases ?? []);

    /// <inheritdoc/>
    public override EncoderData Data => new() { Vocabulary = tokenizer.Vocabulary, Phrases = phrases, MaxTokens = maxTokens };

    /// <summary>The sub-word tokenizer.</summary>
    public SubwordTokenizer Tokenizer => tokenizer;

    /// <inheritdoc/>
    protected override EncodedCondition EncodeValue(Condition condition, Action<string>? note)
    {
        var (tokens, cutAt) = tokenizer.Encode(condition.Text!, maxTokens);
        if (cutAt is { } end)
        {
            note?.Invoke($"The text is longer than the {maxTokens} tokens that this expert reads; it is cut after '…{Tail(condition.Text!, end)}'.");
        }
        // Training encodes a caption for every picture of every step, and asks for no notes.
        return new EncodedCondition(tensor(tokens.Select(token => (long)token).ToArray()).unsqueeze(0), condition,
            note is null ? null : Doubts(condition));
    }

    private string? Doubts(Condition condition) =>
        string.Join(' ', new[] { LiteralWords.Doubt(condition), Doubt(condition.Text!) }.OfType<string>()) is { Length: > 0 } doubts ? doubts : null;

    private string? Doubt(string text)
    {
        var words = tokenizer.Unfamiliar(text);
        var never = words.Select(word => $"'{word}'{(tokenizer.NearestTo(word) is { } near ? $" ('{near}' is the nearest that it knows)" : "")}").ToList();
        var unseen = _unseen.In(text).ToList();
        if (never.Count + unseen.Count == 0) { return null; }
        var said = new List<string>();
        if (never.Count > 0) { said.Add($"never learnt {string.Join(", ", never)}"); }
        if (unseen.Count > 0)
        {
            said.Add("never saw " + string.Join(", ", unseen.Select(combination => $"'{combination}' (but {Listed(combination.Known)})")));
        }
        return $"Of '{text}' the text expert {string.Join(", and ", said)}: what it makes of {(never.Count + unseen.Count == 1 ? "it" : "them")} is a guess.";
    }

    private static string Listed(IReadOnlyList<string> known) =>
        string.Join(", ", known.Take(MostNamed).Select(words => $"'{words}'")) + (known.Count > MostNamed ? ", …" : "");

    /// <summary>The first of its captions as far as it is read, and how many there are.</summary>
    public override LabelView View(object? label, ILabelledPicture item)
    {
        string caption = item.Captions[0];
        string read = tokenizer.Encode(caption, maxTokens).CutAt is { } end ? caption[..end] + "…" : caption;
        return new(null, item.Captions.Count == 1 ? read : $"{read} (one of {item.Captions.Count} captions)");
    }

    /// <summary>One of the picture's captions.</summary>
    public override Tensor EncodeLabel(object? label, ILabelledPicture item, Random random) =>
        EncodeValue(Condition.FromText(item.Captions[random.Next(item.Captions.Count)]), null).Tensor;

    private static string Tail(string text, int end) => text[Math.Max(0, end - 20)..end].Trim();
}
