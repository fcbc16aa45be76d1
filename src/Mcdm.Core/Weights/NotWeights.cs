using System.Buffers;
using System.Text;

namespace Mcdm.Weights;

/// <summary>What often lies where weights should: each is told apart by its first bytes, in the same words whatever is to read it.</summary>
internal static class NotWeights
{
    /// <summary>As many first bytes as <see cref="Check"/> looks at.</summary>
    public const int Looked = 256;

    private const int ShortestText = 8, Quoted = 40;

    private static readonly (byte[] Start, string What)[] s_others =
    [
        ([.. "GGUF"u8], "a GGUF file"),
        ([0x89, (byte)'H', (byte)'D', (byte)'F'], "an HDF5 file (Keras)"),
        ([0x89, (byte)'P', (byte)'N', (byte)'G'], "a picture (PNG)"),
        ([0xFF, 0xD8, 0xFF], "a picture (JPEG)"),
        ([0x1F, 0x8B], "packed by gzip"),
    ];

    /// <summary>Refuses what are no weights of any format.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="start">Its first bytes, <see cref="Looked"/> or all.</param>
    /// <exception cref="McdmException">
    /// <c>WeightsEmpty</c>, <c>WeightsLfsPointer</c>, <c>WeightsWebPage</c>, <c>WeightsText</c>, <c>WeightsOther</c>.
    /// </exception>
    public static void Check(string path, ReadOnlySpan<byte> start)
    {
        if (start.IsEmpty) { throw Refused("WeightsEmpty", $"'{path}' is empty: it has no bytes at all; download it again."); }
        if (start.StartsWith("version https://git-lfs"u8))
        {
            throw Refused("WeightsLfsPointer",
                $"'{path}' is a Git LFS pointer, which stands for the weights and does not hold them; fetch them with 'git lfs pull', or download the file "
                + "itself.");
        }
        if (IsWebPage(start))
        {
            throw Refused("WeightsWebPage", $"'{path}' is a web page that was saved under a weights file's name; download the file itself.");
        }
        // No format begins with eight letters: of safetensors these would be a length beyond all files, and pickles and archives begin with other bytes.
        if (start.Length >= ShortestText && !start[..ShortestText].ContainsAnyExcept(Printable))
        {
            int letters = start.IndexOfAnyExcept(Printable) is >= 0 and var other ? other : start.Length;
            throw Refused("WeightsText",
                $"'{path}' is text, not weights; it begins with "
                + $"'{Encoding.Latin1.GetString(start[..Math.Min(Quoted, letters)]).ReplaceLineEndings(" ").Trim()}'.");
        }
        foreach (var (beginning, what) in s_others)
        {
            if (start.StartsWith(beginning))
            {
                throw new McdmException("WeightsOther", ErrorKind.NotSupported,
                    $"'{path}' is {what}; weights are read from safetensors, PyTorch and GGUF files.");
            }
        }
    }

    private static SearchValues<byte> Printable { get; } = SearchValues.Create([.. Enumerable.Range(' ', '~' - ' ' + 1).Select(letter => (byte)letter),
        (byte)'\t', (byte)'\n', (byte)'\r']);

    private static bool IsWebPage(ReadOnlySpan<byte> start)
    {
        string text = Encoding.Latin1.GetString(start.StartsWith(Encoding.UTF8.Preamble) ? start[Encoding.UTF8.Preamble.Length..] : start).TrimStart();
        return text.StartsWith("<!doctype", StringComparison.OrdinalIgnoreCase) || text.StartsWith("<html", StringComparison.OrdinalIgnoreCase)
            || text.StartsWith("<?xml", StringComparison.OrdinalIgnoreCase)
            || text.StartsWith("<head", StringComparison.OrdinalIgnoreCase) || text.StartsWith("<!--", StringComparison.Ordinal);
    }

    private static McdmException Refused(string id, string message) => new(id, ErrorKind.InvalidData, message);
}
