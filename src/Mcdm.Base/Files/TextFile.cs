using System.Text;

namespace Mcdm.Files;

/// <summary>
/// Reads text files in the encoding that their byte order mark names, else strictly in UTF-8: a byte that means no character is an error, never another
/// character.
/// </summary>
public static class TextFile
{
    private const int BufferSize = 1 << 16;
    private static readonly (byte[] Mark, Encoding Encoding)[] s_marked =
    [
        ([0xEF, 0xBB, 0xBF], new UTF8Encoding(false, throwOnInvalidBytes: true)),
        ([0xFF, 0xFE, 0, 0], new UTF32Encoding(bigEndian: false, byteOrderMark: false, throwOnInvalidCharacters: true)),
        ([0, 0, 0xFE, 0xFF], new UTF32Encoding(bigEndian: true, byteOrderMark: false, throwOnInvalidCharacters: true)),
        ([0xFF, 0xFE], new UnicodeEncoding(bigEndian: false, byteOrderMark: false, throwOnInvalidBytes: true)),
        ([0xFE, 0xFF], new UnicodeEncoding(bigEndian: true, byteOrderMark: false, throwOnInvalidBytes: true)),
    ];

    /// <summary>Opens a file for reading, once all of it is known to be text.</summary>
    /// <param name="path">The file.</param>
    /// <param name="encoding">Its encoding where it has no byte order mark; null for UTF-8.</param>
    /// <param name="remedy">What the user can do about another encoding, for the message.</param>
    /// <exception cref="McdmException"><c>TextEncoding</c>: it has bytes that are no text.</exception>
    public static StreamReader Open(string path, Encoding? encoding = null, string remedy = "save it as UTF-8")
    {
        Stream stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        try
        {
            if (!stream.CanSeek)
            {
                // A pipe can be read only once.
                using var pipe = stream;
                stream = new MemoryStream();
                pipe.CopyTo(stream);
                stream.Position = 0;
            }
            var (own, start) = EncodingOf(stream, Strict(encoding));
            stream.Position = start;
            Check(stream, own, path, remedy);
            stream.Position = start;
            return new StreamReader(stream, own, detectEncodingFromByteOrderMarks: false);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>The lines of a file.</summary>
    /// <inheritdoc cref="Open" path="/param|/exception"/>
    public static IEnumerable<string> ReadLines(string path)
    {
        using var reader = Open(path);
        while (reader.ReadLine() is { } line) { yield return line; }
    }

    /// <summary>All of a file.</summary>
    /// <inheritdoc cref="Open" path="/param|/exception"/>
    public static string ReadAll(string path)
    {
        using var reader = Open(path);
        return reader.ReadToEnd();
    }

    private static Encoding Strict(Encoding? encoding)
    {
        if (encoding is null) { return s_marked[0].Encoding; }
        var strict = (Encoding)encoding.Clone();
        strict.DecoderFallback = DecoderFallback.ExceptionFallback;
        return strict;
    }

    private static (Encoding Encoding, int Start) EncodingOf(Stream stream, Encoding unmarked)
    {
        Span<byte> first = stackalloc byte[4];
        int length = stream.ReadAtLeast(first, first.Length, throwOnEndOfStream: false);
        foreach (var (mark, encoding) in s_marked)
        {
            if (first[..length].StartsWith(mark)) { return (encoding, mark.Length); }
        }
        return (unmarked, 0);
    }

    private static void Check(Stream stream, Encoding encoding, string path, string remedy)
    {
        var (bytes, chars) = (new byte[BufferSize], new char[encoding.GetMaxCharCount(BufferSize)]);
        var decoder = encoding.GetDecoder();
        int line = 1, read;
        do
        {
            read = stream.ReadAtLeast(bytes, BufferSize, throwOnEndOfStream: false);
            try
            {
                int made = decoder.GetChars(bytes, 0, read, chars, 0, flush: read < BufferSize);
                line += chars.AsSpan(0, made).Count('\n');
            }
            catch (DecoderFallbackException e)
            {
                line += bytes.AsSpan(0, Math.Clamp(e.Index, 0, read)).Count((byte)'\n');
                string wrong = string
                    .Join(' ', (e.BytesUnknown ?? []).Select(unknown => unknown.ToString("X2", System.Globalization.CultureInfo.InvariantCulture)));
                throw new McdmException("TextEncoding", ErrorKind.InvalidData,
                    $"'{path}' is not {encoding.WebName}: line {line} has the bytes {wrong}; {remedy}.", e);
            }
        }
        while (read == BufferSize);
    }
}
