using System.Collections;

namespace Mcdm.PowerShell.Completion;

/// <summary>Tab completion for <c>-Encoding</c>: the names that PowerShell's own cmdlets take.</summary>
public sealed class EncodingNames : CompletionSet
{
    /// <inheritdoc/>
    protected override IEnumerable<(string Value, string? Explanation)> Values(IDictionary boundParameters) =>
    [
        ("utf8", "UTF-8, the default"), ("ansi", "the code page of this culture, as old Windows programs write"), ("1252", "Windows, western Europe"),
            ("1251", "Windows, Cyrillic"),
        ("oem", "the code page of this culture's command prompt"), ("latin1", "ISO 8859-1"), ("unicode", "UTF-16"),
            ("bigendianunicode", "UTF-16, high byte first"), ("utf32", "UTF-32"), ("ascii", "7 bits"),
    ];
}
