using static TorchSharp.torch;

namespace Mcdm.Modalities.Text;

/// <summary>A sentence as token numbers.</summary>
/// <param name="tokenizer">The sub-word tokenizer with the expert's vocabulary.</param>
/// <param name="maxTokens">Longest sequence the expert's text encoder takes.</param>
public sealed class TextConditionEncoder(SubwordTokenizer tokenizer, int maxTokens) : ConditionEncoder(Modality.Text)
{
    /// <inheritdoc/>
    public override EncoderData Data => new() { Vocabulary = tokenizer.Vocabulary, MaxTokens = maxTokens };

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
            note is null ? null : Doubt(condition.Text!));
    }

    private string? Doubt(string text)
    {
        if (tokenizer.Unfamiliar(text) is not { Count: > 0 } words) { return null; }
        var named = words.Select(word => $"'{word}'{(tokenizer.NearestTo(word) is { } near ? $" ('{near}' is the nearest that it knows)" : "")}");
        return $"Of '{text}' the text expert never learnt {string.Join(", ", named)}: what it makes of {(words.Count == 1 ? "it" : "them")} is a guess.";
    }

    /// <summary>One of the picture's captions.</summary>
    public override Tensor EncodeLabel(object? label, ILabelledPicture item, Random random) =>
        EncodeValue(Condition.FromText(item.Captions[random.Next(item.Captions.Count)]), null).Tensor;

    private static string Tail(string text, int end) => text[Math.Max(0, end - 20)..end].Trim();
}
