namespace Mcdm.Modalities.Text;

/// <summary>A piece that a tokenizer finds whole, as it stands, before it looks for words: a special one, or a word that was learnt later.</summary>
/// <param name="Piece">The piece.</param>
/// <param name="Number">Its token.</param>
/// <param name="Normalized">Whether it is looked for in the text as it was composed and made lower case, so that capitals do not matter.</param>
/// <param name="SingleWord">Whether letters and digits beside it make it another word.</param>
public sealed record AddedToken(string Piece, int Number, bool Normalized = true, bool SingleWord = false)
{
    /// <summary>Whether it stands at a place of a text.</summary>
    internal bool IsAt(string text, int at, StringComparison comparison) =>
        string.Compare(text, at, Piece, 0, Piece.Length, comparison) == 0 && at + Piece.Length <= text.Length
        && (!SingleWord || !(IsOfWord(text, at - 1) || IsOfWord(text, at + Piece.Length)));

    private static bool IsOfWord(string text, int at) => at >= 0 && at < text.Length && (char.IsLetterOrDigit(text[at]) || text[at] == '_');
}
