using System.Text.Json;
using System.Text.RegularExpressions;
using Mcdm.Files;
using Mcdm.Layers;

namespace Mcdm.Families.Shared;

/// <summary>A <c>config.json</c> of diffusers or transformers, and what is said of a value in it that cannot be used.</summary>
internal sealed partial class JsonConfig
{
    private const int MaxDepth = 32, LongestValueShown = 80;
    private const long MaxBytes = 4 << 20;

    private readonly JsonElement _root;
    private readonly HashSet<string> _asked = [];

    private JsonConfig(string path, JsonElement root) => (Path, _root) = (path, root);

    /// <summary>The file, for messages.</summary>
    public string Path { get; }

    /// <summary>What <c>_class_name</c> says; null where it says nothing.</summary>
    public string? ClassName => Get<string?>("_class_name", null);

    /// <summary>Reads a file.</summary>
    /// <exception cref="McdmException"><c>ConfigNotFound</c>, <c>ConfigUnreadable</c>, <c>ConfigInvalid</c> (no JSON object, or far too long).</exception>
    public static JsonConfig Read(string path)
    {
        try
        {
            if (!File.Exists(path)) { throw new McdmException("ConfigNotFound", ErrorKind.NotFound, $"There is no file '{path}'."); }
            if (new FileInfo(path).Length > MaxBytes)
            {
                throw new McdmException("ConfigInvalid", ErrorKind.InvalidData, $"'{path}' is longer than any configuration ({MaxBytes} bytes).");
            }
            using var document = JsonDocument.Parse(WithoutInfinities(TextFile.ReadAll(path)), new JsonDocumentOptions { MaxDepth = MaxDepth });
            var root = document.RootElement;
            RequireText(root);
            return root.ValueKind == JsonValueKind.Object ? Of(path, root.Clone()) : throw new JsonException("It is not an object");
        }
        // InvalidOperationException: a text with half a surrogate pair in it.
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new McdmException("ConfigInvalid", ErrorKind.InvalidData, $"'{path}' is not the JSON of a configuration: {e.Message.TrimEnd('.')}.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new McdmException("ConfigUnreadable", ErrorKind.ReadFailed, $"'{path}' could not be read: {e.Message}", e);
        }
    }

    /// <summary>Reads every key and text once: what is none is found here, and not by whoever asks for it.</summary>
    private static void RequireText(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var property in element.EnumerateObject())
                {
                    _ = property.Name;
                    RequireText(property.Value);
                }
                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray()) { RequireText(item); }
                break;
            case JsonValueKind.String:
                _ = element.GetString();
                break;
        }
    }

    /// <summary>A configuration that was read already.</summary>
    /// <param name="path">Where it is from, for messages.</param>
    /// <param name="root">Its object.</param>
    public static JsonConfig Of(string path, JsonElement root) => new(path, root);

    /// <summary>All of it as a network's options: a property that can be set is a key, and keeps its default where that is missing.</summary>
    /// <exception cref="McdmException"><c>ConfigInvalid</c>, <c>ConfigUnsupported</c>, <c>ModelFamily</c>: key and value are named.</exception>
    public T As<T>() where T : NetworkOptions, new()
    {
        var options = new T();
        if (ClassName is { } name && name != options.ClassName)
        {
            ForeignModels.Refuse(Path, name);
            throw Unsupported("_class_name", $"only {options.ClassName} here");
        }
        SupportedValues.Check(this, options.ClassName);
        foreach (var property in typeof(T).GetProperties().Where(property => property.CanWrite))
        {
            string key = StrictJson.Key(property.Name);
            object? value = Get(key, property.PropertyType);
            if (value is not null || (Has(key) && StrictJson.TakesNull(property.PropertyType))) { property.SetValue(options, value); }
        }
        foreach (var rule in options.Rules().Where(rule => !rule.Holds))
        {
            string key = StrictJson.Key(rule.Property);
            throw rule.IsOurs ? Unsupported(key, rule.Expected) : Invalid(key, rule.Expected);
        }
        return options;
    }

    /// <summary>A value; the default where it is missing or null.</summary>
    public T Get<T>(string key, T otherwise) => Get(key, typeof(T)) is T value ? value : otherwise;

    /// <summary>A value as it is; null where it is missing or null.</summary>
    public JsonElement? Value(string key)
    {
        _asked.Add(key);
        return _root.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
    }

    /// <summary>All keys.</summary>
    public IEnumerable<string> Keys => _root.EnumerateObject().Select(property => property.Name);

    /// <summary>The keys that nobody has asked for.</summary>
    public IEnumerable<string> Unread => Keys.Where(key => !_asked.Contains(key));

    /// <summary>Whether a key is there, null or not.</summary>
    public bool Has(string key) => _root.TryGetProperty(key, out _);

    /// <summary>A key and its value, for messages.</summary>
    public string Quoted(string key) => $"\"{key}\": {Shown(key)}";

    /// <summary>What a value that makes no sense gives.</summary>
    public McdmException Invalid(string key, string expected) =>
        new("ConfigInvalid", ErrorKind.InvalidData, $"'{Path}' has {Quoted(key)}, where {expected} belongs.");

    /// <summary>What a value that is not implemented gives.</summary>
    public McdmException Unsupported(string key, string implemented) =>
        new("ConfigUnsupported", ErrorKind.NotSupported, $"'{Path}' has {Quoted(key)}, which Mcdm does not implement ({implemented}).");

    /// <summary>Python writes infinite numbers as words, which JSON does not have; they become texts, so that no reader of numbers takes them.</summary>
    private static string WithoutInfinities(string json) => Infinity().Replace(json, "$1\"$2\"");

    [GeneratedRegex(@"(""\s*:\s*)(-?Infinity|NaN)(?=\s*[,}])")]
    private static partial Regex Infinity();

    private object? Get(string key, Type type)
    {
        try
        {
            return Value(key) is { } value ? StrictJson.Read(value, type) : null;
        }
        catch (JsonException e)
        {
            throw Invalid(key, e.Message);
        }
    }

    private string Shown(string key)
    {
        string text = _root.TryGetProperty(key, out var value) ? value.GetRawText() : "nothing";
        text = string.Join(' ', text.Split(default(char[]), StringSplitOptions.RemoveEmptyEntries));
        return text.Length <= LongestValueShown ? text : text[..LongestValueShown] + "…";
    }
}
