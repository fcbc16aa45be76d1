using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Mcdm.Modalities.Text;
using static System.FormattableString;

namespace Mcdm.Families.Shared;

/// <summary>
/// Reads CLIP's vocabulary: a <c>tokenizer</c> folder of transformers, or the list of merges that OpenAI published,
/// <c>bpe_simple_vocab_16e6.txt.gz</c>.
/// </summary>
internal static class ClipTokenizerFiles
{
    /// <summary>Name of OpenAI's file.</summary>
    public const string MergesFile = "bpe_simple_vocab_16e6.txt.gz";

    private const string ConfigFile = "tokenizer_config.json", MapFile = "special_tokens_map.json";
    private const int Bytes = 256, FullMerges = 48_894;
    private const int MaxTextBytes = 64 << 20;

    /// <summary>Reads a folder or a file.</summary>
    /// <param name="path">
    /// A folder with <c>vocab.json</c> and <c>merges.txt</c> or with <c>tokenizer.json</c>; or a file of merges, packed (.gz) or not.
    /// </param>
    /// <param name="padding">The piece that fills a short text up, where the files do not say; null for the end of the text.</param>
    /// <param name="warnings">Told what the files say and is not read; null for nobody.</param>
    /// <param name="isPaddingTold">Whether <paramref name="padding"/> goes before what the files say, which may be another model's.</param>
    /// <exception cref="McdmException"><c>VocabularyNotFound</c>, <c>VocabularyInvalid</c>, <c>VocabularyUnreadable</c>, <c>ConfigInvalid</c>.</exception>
    public static ClipTokenizer Read(string path, string? padding = null, List<string>? warnings = null, bool isPaddingTold = false)
    {
        try
        {
            if (Directory.Exists(path)) { return ReadFolder(path, padding, warnings, isPaddingTold); }
            return File.Exists(path) ? ReadMerges(path, padding)
                : throw new McdmException("VocabularyNotFound", ErrorKind.NotFound, $"There is no vocabulary '{path}'.");
        }
        // InvalidOperationException: a JSON text with half a surrogate pair in it.
        catch (Exception e) when (e is JsonException or InvalidDataException or DecoderFallbackException or InvalidOperationException)
        {
            throw new McdmException("VocabularyInvalid", ErrorKind.InvalidData,
                $"'{path}' is not the vocabulary of a CLIP text encoder: {e.Message.TrimEnd('.')}.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new McdmException("VocabularyUnreadable", ErrorKind.ReadFailed, $"'{path}' could not be read: {e.Message}", e);
        }
    }

    private static ClipTokenizer ReadFolder(string folder, string? padding, List<string>? warnings, bool isPaddingTold)
    {
        JsonConfig? config = Optional(ConfigFile), map = Optional(MapFile);
        // The map of special tokens is what transformers believes where the two differ, as they do for Stable Diffusion 2.
        string pad = isPaddingTold ? padding ?? ClipTokenizer.End : Special(map) ?? Special(config) ?? padding ?? ClipTokenizer.End;
        int length = config?.Value("model_max_length") is { ValueKind: JsonValueKind.Number } value && value.TryGetInt32(out int told) ? told : 77;
        string vocabulary = Path.Combine(folder, "vocab.json"), merges = Path.Combine(folder, "merges.txt");
        if (File.Exists(vocabulary) && File.Exists(merges))
        {
            using var pieces = JsonDocument.Parse(ReadText(vocabulary));
            var own = Numbers(pieces.RootElement);
            var added = AddedTokenFiles.Read(config, Optional(AddedTokenFiles.FileName), own);
            Warn();
            return new ClipTokenizer(own, MergesOf(ReadText(merges)), pad, length, added);
        }
        string together = Path.Combine(folder, "tokenizer.json");
        if (!File.Exists(together))
        {
            throw new McdmException("VocabularyNotFound", ErrorKind.NotFound,
                $"'{folder}' has neither vocab.json and merges.txt nor tokenizer.json, so it holds no CLIP tokenizer.");
        }
        using var tokenizer = JsonDocument.Parse(ReadText(together));
        var model = Property(tokenizer.RootElement, "model");
        var numbers = Numbers(Property(model, "vocab"));
        var inside = AddedTokenFiles.Read(config, Optional(AddedTokenFiles.FileName), numbers, tokenizer.RootElement);
        Warn();
        return new ClipTokenizer(numbers, Property(model, "merges").EnumerateArray().Select(Merge).ToList(), pad, length, inside);

        void Warn()
        {
            if (config is not null) { warnings?.AddRange(UnreadKeys.Warnings(config, ConfigFile)); }
            if (map is not null) { warnings?.AddRange(UnreadKeys.Warnings(map, MapFile)); }
        }

        JsonConfig? Optional(string name) => File.Exists(Path.Combine(folder, name)) ? JsonConfig.Read(Path.Combine(folder, name)) : null;
    }

    /// <summary>The padding token: a text, or an object whose content it is.</summary>
    private static string? Special(JsonConfig? config) => config?.Value("pad_token") switch
    {
        null => null,
        { ValueKind: JsonValueKind.Object } token when token.TryGetProperty("content", out var content)
            && content.ValueKind == JsonValueKind.String => content.GetString(),
        { ValueKind: JsonValueKind.String } token => token.GetString(),
        _ => throw config.Invalid("pad_token", "a token"),
    };

    /// <summary>A merge of <c>tokenizer.json</c>: two pieces with a space between, or a list of the two.</summary>
    private static string Merge(JsonElement merge) => merge.ValueKind switch
    {
        JsonValueKind.String => merge.GetString()!,
        JsonValueKind.Array when merge.GetArrayLength() == 2
            && merge.EnumerateArray().All(piece => piece.ValueKind == JsonValueKind.String) => $"{merge[0].GetString()} {merge[1].GetString()}",
        _ => throw new JsonException("A merge is not two pieces"),
    };

    private static JsonElement Property(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : throw new JsonException($"It has no '{name}'");

    private static Dictionary<string, int> Numbers(JsonElement vocabulary)
    {
        if (vocabulary.ValueKind != JsonValueKind.Object) { throw new JsonException("The vocabulary is not an object"); }
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var piece in vocabulary.EnumerateObject())
        {
            numbers[piece.Name] = piece.Value.ValueKind == JsonValueKind.Number && piece.Value.TryGetInt32(out int number) && number >= 0 ? number
                : throw new JsonException($"'{piece.Name}' has no number");
        }
        return numbers;
    }

    private static List<string> MergesOf(string text)
    {
        var lines = text.Split('\n').Select(line => line.TrimEnd('\r')).Where(line => line.Length > 0).ToList();
        // The first line tells a version; it is no pair of pieces, though it looks like one.
        if (lines.Count > 0 && lines[0].Contains("#version", StringComparison.Ordinal)) { lines.RemoveAt(0); }
        return lines.FirstOrDefault(line => line.Count(c => c == ' ') != 1) is { } wrong
            ? throw new InvalidDataException($"the line '{wrong[..Math.Min(wrong.Length, 40)]}' is not two pieces") : lines;
    }

    /// <summary>
    /// OpenAI's file: the vocabulary follows from the merges. 256 letters that stand for bytes, the same at the end of a word, the merges, start and
    /// end.
    /// </summary>
    private static ClipTokenizer ReadMerges(string path, string? padding)
    {
        var merges = MergesOf(ReadText(path)).Take(FullMerges).ToList();
        var letters = ByteLetters().Select(letter => $"{letter}").ToList();
        string[] pieces = [.. letters, .. letters.Select(letter => letter + "</w>"),
            .. merges.Select(merge => merge.Replace(" ", "", StringComparison.Ordinal)), ClipTokenizer.Start, ClipTokenizer.End];
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int number = 0; number < pieces.Length; number++)
        {
            if (!numbers.TryAdd(pieces[number], number)) { throw new InvalidDataException(Invariant($"the piece '{pieces[number]}' is there twice")); }
        }
        return new ClipTokenizer(numbers, merges, padding ?? ClipTokenizer.End);
    }

    /// <summary>The letters that stand for bytes, in their order: those that print as they are, then the others as letters from U+0100 on.</summary>
    private static IEnumerable<char> ByteLetters()
    {
        var printing = Enumerable.Range(0, Bytes).Where(value => value is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF))
            .Select(value => (char)value).ToList();
        return printing.Concat(Enumerable.Range(0, Bytes - printing.Count).Select(i => (char)(Bytes + i)));
    }

    private static string ReadText(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        using Stream stream = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? new GZipStream(file, CompressionMode.Decompress) : file;
        using var bytes = new MemoryStream();
        var buffer = new byte[1 << 16];
        int read;
        while ((read = stream.Read(buffer)) > 0)
        {
            if (bytes.Length + read > MaxTextBytes) { throw new InvalidDataException("it is longer than any vocabulary"); }
            bytes.Write(buffer, 0, read);
        }
        return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
    }
}
