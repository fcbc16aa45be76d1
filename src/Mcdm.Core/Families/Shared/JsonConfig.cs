using System.Text.Json;
using System.Text.RegularExpressions;
using Mcdm.Files;
using static System.FormattableString;

namespace Mcdm.Families.Shared;

/// <summary>
/// A <c>config.json</c> of diffusers or transformers: values by key, with the defaults that those programs have. What it asks for and Mcdm
/// does not implement is refused by key and value.
/// </summary>
internal sealed partial class JsonConfig
{
    /// <summary>Numbers of channels, layers and the like; what is beyond fits no network and would only ask for memory.</summary>
    private const int MaxInteger = 1 << 20, MaxList = 64, MaxDepth = 32;
    private const long MaxBytes = 4 << 20;
    private const int LongestValueShown = 80;

    private readonly JsonElement _root;

    private JsonConfig(string path, JsonElement root) => (Path, _root) = (path, root);

    /// <summary>The file, for messages.</summary>
    public string Path { get; }

    /// <summary>What <c>_class_name</c> says; null where it says nothing.</summary>
    public string? ClassName => Text("_class_name", null);

    /// <summary>Reads a file.</summary>
    /// <exception cref="McdmException"><c>ConfigNotFound</c>, <c>ConfigUnreadable</c>, <c>ConfigInvalid</c> (no JSON object, or far too long).</exception>
    public static JsonConfig Read(string path)
    {
        try
        {
            if (!File.Exists(path)) { throw new McdmException("ConfigNotFound", ErrorKind.NotFound, $"There is no file '{path}'."); }
            if (new FileInfo(path).Length > MaxBytes) { throw new McdmException("ConfigInvalid", ErrorKind.InvalidData, $"'{path}' is longer than any configuration ({MaxBytes} bytes)."); }
            using var document = JsonDocument.Parse(WithoutInfinities(TextFile.ReadAll(path)), new JsonDocumentOptions { MaxDepth = MaxDepth });
            return document.RootElement.ValueKind == JsonValueKind.Object ? new JsonConfig(path, document.RootElement.Clone()) : throw new JsonException("It is not an object");
        }
        catch (JsonException e)
        {
            throw new McdmException("ConfigInvalid", ErrorKind.InvalidData, $"'{path}' is not the JSON of a configuration: {e.Message.TrimEnd('.')}.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new McdmException("ConfigUnreadable", ErrorKind.ReadFailed, $"'{path}' could not be read: {e.Message}", e);
        }
    }

    /// <summary>A configuration that was read already.</summary>
    /// <param name="path">Where it is from, for messages.</param>
    /// <param name="root">Its object.</param>
    public static JsonConfig Of(string path, JsonElement root) => new(path, root);

    /// <summary>Whether a key is there, null or not.</summary>
    public bool Has(string key) => _root.TryGetProperty(key, out _);

    /// <summary>A value as it is; null where it is missing or null.</summary>
    public JsonElement? Value(string key) => _root.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>A text.</summary>
    public string? Text(string key, string? fallback) => Value(key) switch
    {
        null => Has(key) ? null : fallback,
        { ValueKind: JsonValueKind.String } value => Decoded(key, value),
        _ => throw Invalid(key, "a text"),
    };

    /// <summary>A whole number from 1 or, where told, 0.</summary>
    public int Integer(string key, int fallback, int least = 1) => OptionalInteger(key, least) ?? fallback;

    /// <summary>A whole number from 1 or, where told, 0; null where it is missing or null.</summary>
    public int? OptionalInteger(string key, int least = 1) => Value(key) is { } value ? AsInteger(key, value, least) : null;

    /// <summary>A number.</summary>
    public double Number(string key, double fallback) => Value(key) switch
    {
        null => fallback,
        { ValueKind: JsonValueKind.Number } value when value.TryGetDouble(out double number) && double.IsFinite(number) => number,
        _ => throw Invalid(key, "a number"),
    };

    /// <summary>A number above 0.</summary>
    public double Positive(string key, double fallback) => Number(key, fallback) is > 0 and var number ? number : throw Invalid(key, "a number above 0");

    /// <summary>True or false.</summary>
    public bool Flag(string key, bool fallback) => Value(key) switch
    {
        null => fallback,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        _ => throw Invalid(key, "true or false"),
    };

    /// <summary>A list of whole numbers.</summary>
    public IReadOnlyList<int> Integers(string key, params int[] fallback) => Value(key) is { } value ? List(key, value).Select(item => AsInteger(key, item, 1)).ToArray() : fallback;

    /// <summary>A list of 1 to some numbers; null where it is missing or null.</summary>
    public IReadOnlyList<double>? Numbers(string key, int most) => Value(key) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Array } value when value.GetArrayLength() is var count && count > 0 && count <= most
            && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.Number && item.TryGetDouble(out double number) && double.IsFinite(number))
            => value.EnumerateArray().Select(item => item.GetDouble()).ToArray(),
        _ => throw Invalid(key, Invariant($"a list of 1 to {most} numbers")),
    };

    /// <summary>A list of whole numbers, or one number that stands for as many as there are levels.</summary>
    public IReadOnlyList<int> IntegerOrList(string key, int fallback, int count)
    {
        if (Value(key) is not { ValueKind: JsonValueKind.Array }) { return Enumerable.Repeat(Integer(key, fallback), count).ToArray(); }
        var list = Integers(key);
        return list.Count == count ? list : throw Invalid(key, Invariant($"a number or a list of {count}"));
    }

    /// <summary>A list of texts.</summary>
    public IReadOnlyList<string> Texts(string key, params string[] fallback) =>
        Value(key) is { } value ? List(key, value).Select(item => item.ValueKind == JsonValueKind.String ? Decoded(key, item) : throw Invalid(key, "a list of texts")).ToArray() : fallback;

    /// <summary>Refuses a class other than those that the reader knows; a file that names none is taken at its word.</summary>
    public void RequireClass(params string[] known)
    {
        if (ClassName is not { } name || known.Contains(name)) { return; }
        ForeignModels.Refuse(Path, name);
        throw Unsupported("_class_name", $"only {string.Join(" and ", known)} here");
    }

    /// <summary>Refuses values other than null.</summary>
    public void RequireNull(params string[] keys) => RequireEach(keys, value => false, "only null");

    /// <summary>Refuses values other than null and false.</summary>
    public void RequireFalse(params string[] keys) => RequireEach(keys, IsFalse, "only false");

    /// <summary>Refuses values other than null and a number.</summary>
    public void RequireNumber(string key, double number) =>
        RequireEach([key], value => value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double actual) && actual == number, Invariant($"only {number}"));

    /// <summary>Refuses values other than null and some texts.</summary>
    public void RequireText(string key, params string[] known) => RequireEach([key], value => value.ValueKind == JsonValueKind.String && known.Contains(Decoded(key, value)), $"only {string.Join(" and ", known)}");

    /// <summary>What a value that makes no sense gives.</summary>
    public McdmException Invalid(string key, string expected) => new("ConfigInvalid", ErrorKind.InvalidData, $"'{Path}' has \"{key}\": {Shown(key)}, where {expected} belongs.");

    /// <summary>What a value that is not implemented gives.</summary>
    public McdmException Unsupported(string key, string implemented) => new("ConfigUnsupported", ErrorKind.NotSupported, $"'{Path}' has \"{key}\": {Shown(key)}, which Mcdm does not implement ({implemented}).");

    /// <summary>Python writes infinite numbers as words, which JSON does not have; they become texts, so that no reader of numbers takes them.</summary>
    private static string WithoutInfinities(string json) => json.Contains("Infinity", StringComparison.Ordinal) || json.Contains("NaN", StringComparison.Ordinal) ? Infinity().Replace(json, "$1\"$2\"") : json;

    [GeneratedRegex(@"(""\s*:\s*)(-?Infinity|NaN)(?=\s*[,}])")]
    private static partial Regex Infinity();

    private static bool IsFalse(JsonElement value) => value.ValueKind == JsonValueKind.False || (value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(IsFalse));

    private void RequireEach(string[] keys, Func<JsonElement, bool> allowed, string implemented)
    {
        foreach (string key in keys)
        {
            if (Value(key) is { } value && !allowed(value)) { throw Unsupported(key, implemented); }
        }
    }

    private IEnumerable<JsonElement> List(string key, JsonElement value) =>
        value.ValueKind == JsonValueKind.Array && value.GetArrayLength() is > 0 and <= MaxList ? value.EnumerateArray() : throw Invalid(key, Invariant($"a list of 1 to {MaxList}"));

    private int AsInteger(string key, JsonElement value, int least) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) && number >= least && number <= MaxInteger ? number : throw Invalid(key, Invariant($"a whole number from {least} to {MaxInteger}"));

    private string Decoded(string key, JsonElement value)
    {
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair as an escape.
            throw Invalid(key, "a text of whole characters");
        }
    }

    private string Shown(string key)
    {
        string text = _root.TryGetProperty(key, out var value) ? string.Join(' ', value.GetRawText().Split(default(char[]), StringSplitOptions.RemoveEmptyEntries)) : "nothing";
        return text.Length <= LongestValueShown ? text : text[..LongestValueShown] + "…";
    }
}
