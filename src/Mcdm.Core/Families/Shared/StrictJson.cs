using System.Text.Json;
using Mcdm.Layers.UNet2D;

namespace Mcdm.Families.Shared;

/// <summary>Values by System.Text.Json, as strict as configurations need.</summary>
internal static class StrictJson
{
    /// <summary>Numbers of channels, layers and the like; what is beyond fits no network and would only ask for memory.</summary>
    private const int MaxInteger = 1 << 20;
    private const int MaxList = 64, MaxNumbers = 100_000;

    /// <summary>What is read as which type: an <c>int</c> is from 1, a <c>uint</c> from 0.</summary>
    private static readonly Dictionary<Type, Func<JsonElement, object>> s_readers = new()
    {
        [typeof(int)] = Reader<int>($"a whole number from 1 to {MaxInteger}", IsCount),
        [typeof(uint)] = Reader<uint>($"a whole number from 0 to {MaxInteger}", number => number <= MaxInteger),
        [typeof(double)] = Reader<double>("a number", double.IsFinite),
        [typeof(bool)] = Reader<bool>("true or false", _ => true),
        [typeof(string)] = Reader<string>("a text", _ => true),
        [typeof(IReadOnlyList<int>)] =
            Reader<IReadOnlyList<int>>($"a list of 1 to {MaxList} whole numbers from 1 to {MaxInteger}", list => IsList(list) && list.All(IsCount)),
        [typeof(IReadOnlyList<string>)] = Reader<IReadOnlyList<string>>($"a list of 1 to {MaxList} texts", list => IsList(list) && !list.Contains(null!)),
        [typeof(IReadOnlyList<double>)] =
            Reader<IReadOnlyList<double>>($"a list of 1 to {MaxNumbers} numbers", list => IsList(list, MaxNumbers) && list.All(double.IsFinite)),
        [typeof(IReadOnlyList<uint>)] = Reader<IReadOnlyList<uint>>($"a list of 1 to {MaxList} whole numbers from 0 to {MaxInteger}",
            list => IsList(list) && list.All(number => number <= MaxInteger)),
        // Which numbers of a list may be 0, the networks' rules say.
        [typeof(PerLevel)] = value => value.ValueKind == JsonValueKind.Array
            ? new PerLevel(((IReadOnlyList<uint>)Read(value, typeof(IReadOnlyList<uint>))).Select(number => (int)number).ToArray())
            : new PerLevel((int)Read(value, typeof(int))),
    };

    /// <summary>The key of a property: in lower case with _ between words.</summary>
    public static string Key(string property) => JsonNamingPolicy.SnakeCaseLower.ConvertName(property);

    /// <summary>Whether null is a value of a type; elsewhere it is as if nothing were said.</summary>
    public static bool TakesNull(Type type) => type == typeof(string) || Nullable.GetUnderlyingType(type) is not null;

    /// <summary>Reads a value.</summary>
    /// <exception cref="JsonException">It is another; the message is what belongs there.</exception>
    public static object Read(JsonElement value, Type type) => s_readers[Nullable.GetUnderlyingType(type) ?? type](value);

    private static Func<JsonElement, object> Reader<T>(string expected, Func<T, bool> isSensible) => element =>
    {
        try
        {
            if (element.Deserialize<T>() is { } value && isSensible(value)) { return value; }
        }
        catch (JsonException)
        {
            // Said below as well.
        }
        throw new JsonException(expected);
    };

    private static bool IsCount(int number) => number is >= 1 and <= MaxInteger;

    private static bool IsList<T>(IReadOnlyList<T> list, int most = MaxList) => list.Count > 0 && list.Count <= most;
}
