using System.Net;

namespace Mcdm.Modalities.Text;

/// <summary>
/// Tokens as OpenAI's own program makes them for CLIP, and FaRL's for faces: entities of web pages are undone first, and short texts are filled up with
/// zeros.
/// </summary>
/// <param name="tokenizer">CLIP's tokens, filled up with their end.</param>
public sealed class FarlTokenizer(ClipTokenizer tokenizer)
{
    /// <summary>Numbers of the tokens of a text, with start and end.</summary>
    /// <returns>The tokens, and the part of the text that no longer fits; null where all of it does.</returns>
    public (IReadOnlyList<int> Tokens, string? Unread) Encode(string text)
    {
        // Twice, as what was undone once may stand for another.
        var (tokens, unread) = tokenizer.Encode(WebUtility.HtmlDecode(WebUtility.HtmlDecode(text)));
        int end = tokens[^1], length = tokens.Count;
        while (length > 1 && tokens[length - 2] == end) { length--; }
        return ([.. tokens.Take(length), .. Enumerable.Repeat(0, tokens.Count - length)], unread);
    }
}
