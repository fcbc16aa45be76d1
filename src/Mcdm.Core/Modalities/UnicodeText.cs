using System.Text;
using static System.FormattableString;

namespace Mcdm.Modalities;

/// <summary>Texts that can be written to a file and read again as they were.</summary>
internal static class UnicodeText
{
    /// <summary>What no file can hold of a text, such as half an emoji; null where it is whole.</summary>
    public static string? Problem(string text)
    {
        for (int i = 0; i < text.Length;)
        {
            if (Rune.DecodeFromUtf16(text.AsSpan(i), out var rune, out int read) != System.Buffers.OperationStatus.Done)
            {
                return Invariant($"character {i + 1} is one half of a surrogate pair (U+{(int)text[i]:X4}), such as an emoji that was cut in two");
            }
            if (rune.Value is 0xFFFE or 0xFFFF)
            {
                return Invariant($"character {i + 1} is U+{rune.Value:X4}, which is no character: the text was read in the wrong encoding");
            }
            i += read;
        }
        return null;
    }
}
