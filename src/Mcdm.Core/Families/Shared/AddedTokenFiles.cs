using System.Globalization;
using System.Text.Json;
using Mcdm.Modalities.Text;

namespace Mcdm.Families.Shared;

/// <summary>
/// The tokens that were added to a tokenizer after it was trained, such as words of textual inversion: in <c>added_tokens.json</c>, in the
/// <c>added_tokens_decoder</c> of its configuration, which says more and is believed first, and in <c>tokenizer.json</c>.
/// </summary>
internal static class AddedTokenFiles
{
    /// <summary>The file that lists pieces and numbers alone.</summary>
    public const string FileName = "added_tokens.json";

    private const int MaxTokens = 100_000;

    /// <summary>All that are not in the vocabulary itself.</summary>
    /// <param name="config">The tokenizer's configuration; null for none.</param>
    /// <param name="list">The file of pieces and numbers; null for none.</param>
    /// <param name="vocabulary">The vocabulary, by piece.</param>
    /// <param name="tokenizer">The content of <c>tokenizer.json</c>; null for none.</param>
    /// <exception cref="McdmException"><c>ConfigInvalid</c>: an entry is none.</exception>
    public static IReadOnlyList<AddedToken> Read(JsonConfig? config, JsonConfig? list, IReadOnlyDictionary<string, int> vocabulary,
        JsonElement? tokenizer = null)
    {
        var added = new Dictionary<string, AddedToken>(StringComparer.Ordinal);
        foreach (var token in OfDecoder(config).Concat(OfTokenizer(tokenizer)).Concat(OfList(list)))
        {
            if (token.Piece.Length > 0 && !vocabulary.ContainsKey(token.Piece)) { added.TryAdd(token.Piece, token); }
        }
        return [.. added.Values];
    }

    private static IEnumerable<AddedToken> OfDecoder(JsonConfig? config)
    {
        const string Key = "added_tokens_decoder", Expected = "an object of tokens by number";
        if (config?.Value(Key) is not { } decoder) { yield break; }
        if (decoder.ValueKind != JsonValueKind.Object) { throw config.Invalid(Key, Expected); }
        foreach (var entry in decoder.EnumerateObject().Take(MaxTokens))
        {
            yield return int.TryParse(entry.Name, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
                && Described(entry.Value, number) is { } token ? token : throw config.Invalid(Key, Expected);
        }
    }

    private static IEnumerable<AddedToken> OfTokenizer(JsonElement? tokenizer)
    {
        if (tokenizer is not { ValueKind: JsonValueKind.Object } root || !root.TryGetProperty("added_tokens", out var list)
            || list.ValueKind != JsonValueKind.Array) { yield break; }
        foreach (var entry in list.EnumerateArray().Take(MaxTokens))
        {
            yield return entry.ValueKind == JsonValueKind.Object && entry.TryGetProperty("id", out var id) && id.ValueKind == JsonValueKind.Number
                && id.TryGetInt32(out int number) && number >= 0 && Described(entry, number) is { } token ? token
                : throw new JsonException("An added token is none");
        }
    }

    private static IEnumerable<AddedToken> OfList(JsonConfig? list)
    {
        if (list is null) { yield break; }
        foreach (string piece in list.Unread.ToList().Take(MaxTokens))
        {
            yield return new AddedToken(piece, list.Value(piece) is { ValueKind: JsonValueKind.Number } value
                && value.TryGetInt32(out int number) && number >= 0 ? number : throw list.Invalid(piece, "a token's number"));
        }
    }

    private static AddedToken? Described(JsonElement entry, int number) =>
        entry.ValueKind == JsonValueKind.Object && entry.TryGetProperty("content", out var content) && content.ValueKind == JsonValueKind.String
            ? new AddedToken(content.GetString()!, number, !Is("normalized", JsonValueKind.False, entry), Is("single_word", JsonValueKind.True, entry)) : null;

    private static bool Is(string key, JsonValueKind kind, JsonElement entry) => entry.TryGetProperty(key, out var value) && value.ValueKind == kind;
}
