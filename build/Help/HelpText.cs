namespace Mcdm.Help;

/// <summary>A piece of help text.</summary>
/// <param name="Text">The text, without Markdown.</param>
/// <param name="Kind">How its lines may be broken.</param>
/// <param name="Line">Where it begins in its page, from 1.</param>
public sealed record HelpText(string Text, TextKind Kind, int Line);

/// <summary>How the lines of a text may be broken.</summary>
public enum TextKind
{
    /// <summary>Anywhere between words.</summary>
    Paragraph,

    /// <summary>Between words; later lines stand under the first, behind its bullet.</summary>
    ListItem,

    /// <summary>Nowhere: code, output, a formula.</summary>
    Preformatted,

    /// <summary>Nowhere, and it is a heading inside a section.</summary>
    Heading,
}
