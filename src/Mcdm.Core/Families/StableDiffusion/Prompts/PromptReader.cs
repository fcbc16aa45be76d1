using System.Text.RegularExpressions;
using Mcdm.Modalities.Text;
using static System.FormattableString;

namespace Mcdm.Families.StableDiffusion.Prompts;

/// <summary>How a prompt is to be read.</summary>
internal enum PromptUse
{
    /// <summary>In AUTOMATIC1111's language.</summary>
    Wanted,

    /// <summary>In the same language, in which AND and a number at the end are text there.</summary>
    Negative,

    /// <summary>As a sentence beside a picture, which is one term.</summary>
    Beside,

    /// <summary>As letters.</summary>
    Literal,
}

/// <summary>A prompt, or one of the parts between the words AND, as it is read.</summary>
/// <param name="Chunks">Its chunks, at least one.</param>
/// <param name="Weight">By what the term of this part is multiplied.</param>
internal sealed record PromptPart(IReadOnlyList<PromptChunk> Chunks, double Weight);

/// <summary>A prompt as it is read.</summary>
/// <param name="Parts">Its parts, at least one.</param>
/// <param name="Doubts">What may be meant otherwise, in a clause each.</param>
internal sealed record ReadPrompt(IReadOnlyList<PromptPart> Parts, IReadOnlyList<string> Doubts);

/// <summary>Reads prompts in the language that AUTOMATIC1111's users know.</summary>
/// <param name="tokenizer">CLIP's tokenizer with the model's vocabulary.</param>
/// <param name="embeddings">The embeddings that prompts may name.</param>
internal sealed partial class PromptReader(ClipTokenizer tokenizer, TextInversions embeddings)
{
    private const int MostLetters = 100_000;

    private readonly PromptChunks _chunks = new(tokenizer, embeddings), _letters = new(tokenizer, TextInversions.None(tokenizer));

    /// <summary>The embeddings that prompts may name.</summary>
    public TextInversions Embeddings => embeddings;

    /// <summary>The place in a chunk where its text ends.</summary>
    public int EndOf(PromptChunk chunk) => Enumerable.Range(0, chunk.Ids.Count).First(place => chunk.Ids[place] == tokenizer.EndNumber);

    /// <summary>Reads a prompt.</summary>
    /// <param name="prompt">What was typed.</param>
    /// <param name="use">How it is to be read.</param>
    /// <param name="note">Told, in a sentence each, how it is read.</param>
    /// <exception cref="McdmException">
    /// <c>PromptTooLong</c>, <c>PromptWeight</c>; <c>PromptAnd</c>: AND beside a picture; <c>PromptNetwork</c>, <c>PromptSchedule</c>,
    /// <c>PromptEmbedding</c>: what other programs read and no rule here covers.
    /// </exception>
    public ReadPrompt Read(string prompt, PromptUse use, Action<string>? note = null)
    {
        if (prompt.Length > MostLetters)
        {
            throw new McdmException("PromptTooLong", ErrorKind.LimitsExceeded, $"The prompt has {prompt.Length} letters; {MostLetters} are read at most.");
        }
        if (use == PromptUse.Literal)
        {
            var (letters, count) = _letters.Of([new(prompt, 1)]);
            note?.Invoke($"The prompt '{PromptDoubts.Head(prompt)}' is read as letters, {Counted(letters, count)}.");
            return new([new(letters, 1)], []);
        }
        var doubts = new List<string>();
        (string text, string? comment) = PromptText.WithoutComments(prompt);
        if (comment is not null) { doubts.Add($"'{PromptDoubts.Head(comment)}' is left out: # begins a comment, to the end of its line"); }
        (text, var networks) = PromptText.WithoutNetworks(text);
        PromptDoubts.Refuse(text, networks);
        doubts.AddRange(PromptDoubts.Of(text));
        doubts.AddRange(UnknownTokens(text));
        var parts = Parts(text, use, doubts).Select(part => Part(part, doubts, note)).ToList();
        return new(parts, [.. doubts.Distinct()]);
    }

    private static IReadOnlyList<WeightedText> Parts(string text, PromptUse use, List<string> doubts)
    {
        bool hasAnd = PromptText.HasAnd(text);
        if (use == PromptUse.Negative)
        {
            if (hasAnd) { doubts.Add("AND is a word there: a negative prompt is one"); }
            return [new(text, 1)];
        }
        if (hasAnd && use == PromptUse.Beside)
        {
            throw new McdmException("PromptAnd", ErrorKind.InvalidArgument,
                $"'{PromptDoubts.Head(text)}' is read together with its picture, as one term, and AND would make several: give the other as a "
                    + "condition of its own.");
        }
        var parts = PromptText.Parts(text);
        if (!hasAnd && parts[0].Weight is not 1 and var weight)
        {
            doubts.Add(Invariant($"the number after the last colon weighs all of it, by {weight:0.###}; a comma behind it makes it text"));
        }
        return parts;
    }

    private PromptPart Part(WeightedText part, List<string> doubts, Action<string>? note)
    {
        var (pieces, isBalanced) = WordWeights.Read(part.Text);
        doubts.AddRange(PromptDoubts.Of(pieces, isBalanced));
        var (chunks, tokens) = _chunks.Of(pieces);
        var named = chunks.SelectMany(chunk => chunk.Embeddings).Select(found => found.Embedding).Distinct().ToList();
        doubts.AddRange(named.Where(embeddings.HidesWord).Select(embedding => $"'{embedding.Name}' is read as the embedding of that name, not as the word"));
        if (note is not null)
        {
            string read = string.Join(' ', pieces.Where(piece => piece.Text.Length > 0).Select(Shown));
            string found = named.Count == 0 ? ""
                : ", with the embeddings " + string.Join(", ", named.Select(embedding => $"{embedding.Name} ({embedding.Vectors})"));
            note(Invariant($"The prompt '{PromptDoubts.Head(part.Text.Trim())}'{(part.Weight == 1 ? "" : $" × {part.Weight:0.###}")} is read as {read}: ")
                + $"{Counted(chunks, tokens)}{found}.");
        }
        return new(chunks, part.Weight);
    }

    private string Counted(IReadOnlyList<PromptChunk> chunks, int tokens) =>
        $"{tokens} {(tokens == 1 ? "token" : "tokens")} in {(chunks.Count == 1 ? "a chunk" : $"{chunks.Count} chunks")} of {tokenizer.Length - 2}";

    private static string Shown(WeightedText piece) => piece.IsBreak ? WeightedText.Break
        : $"'{piece.Text.Trim()}'" + (piece.Weight == 1 ? "" : Invariant($" × {piece.Weight:0.####}"));

    /// <summary>Names in angle brackets that neither an embedding nor the vocabulary has.</summary>
    private IEnumerable<string> UnknownTokens(string text) => TokenName().Matches(text).Select(match => match.Value).Distinct()
        .Where(name => tokenizer.EncodeWords(name).Count > 1 && embeddings.Split(name).All(part => part.Token is null))
        .Select(name => $"'{name}' is no token that this model has learnt, and is read as letters; an embedding is loaded with its model "
            + "(Import-McdmModel MODEL -Embedding FILE)");

    [GeneratedRegex(@"<[^<>\s:]{1,100}>", RegexOptions.CultureInvariant)]
    private static partial Regex TokenName();
}
