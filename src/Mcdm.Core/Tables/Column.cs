using System.Collections;
using System.Globalization;
using Mcdm.Diffusion;

namespace Mcdm.Tables;

/// <summary>A column of a table, whose rows may come from a file or be records of a script: its name, and how its values are read.</summary>
/// <param name="name">Its name; capitals and small letters are alike.</param>
public abstract class Column(string name)
{
    /// <summary>Its name; capitals and small letters are alike.</summary>
    public string Name => name;

    /// <summary>What its values are: text, an array of texts, a number or a kind that has a name.</summary>
    internal abstract Type Type { get; }

    /// <summary>Whether values are read from texts and may be none of the column's.</summary>
    internal virtual bool Reads => false;

    /// <summary>A value as the column has it; null for an empty one and for one that is of another type.</summary>
    internal virtual object? Parse(object? value) => value;

    /// <summary>What is wrong with a value that cannot be read, in a sentence.</summary>
    internal virtual string Problem(object? value) => ValueText.Problem(value, Type);

    /// <summary>What is wrong with a number, in a sentence, where it may be of this column's type and yet not in its range; null where nothing is.</summary>
    public virtual string? OutOfRange(object value) => null;

    /// <summary>Refuses a value that cannot be read.</summary>
    /// <param name="name">What the column is called where the value stands, for the message.</param>
    /// <param name="value">The value.</param>
    /// <exception cref="McdmException">
    /// <c>CellInvalid</c>, or <c>TextEncoding</c> where its file was read in another encoding than it was written in.
    /// </exception>
    internal virtual void Check(string name, object? value)
    {
        if (!Reads || ValueText.IsEmpty(value)) { return; }
        string? problem = Parse(value) is { } read ? OutOfRange(read) : Problem(value);
        if (problem is not null) { throw new McdmException("CellInvalid", ErrorKind.InvalidData, $"{name}: {problem}"); }
    }
}

/// <summary>A column of texts.</summary>
/// <param name="name">Its name.</param>
/// <param name="saysEmpty">Whether an empty text that is typed says something: what stands empty in a table says nothing.</param>
public sealed class TextColumn(string name, bool saysEmpty = false) : Column(name)
{
    /// <summary>Whether an empty text says something.</summary>
    internal bool SaysEmpty => saysEmpty;

    /// <summary>What stands in a text for bytes that were none in the encoding that it was read in.</summary>
    private const char UnreadBytes = '\uFFFD';

    internal override Type Type => typeof(string);

    /// <summary>A text as it is; null for an empty one.</summary>
    internal static string? Read(object? value) => Convert.ToString(value, CultureInfo.InvariantCulture) is { Length: > 0 } text ? text : null;

    internal override void Check(string name, object? value)
    {
        if (value is string text && text.Contains(UnreadBytes, StringComparison.Ordinal))
        {
            throw new McdmException("TextEncoding", ErrorKind.InvalidData, $"{name}: '{text}' was read in another encoding than it was written in; " +
                "name that one where the file is read, as in Import-Csv -Encoding ansi.");
        }
    }
}

/// <summary>A column of several texts each: an array, or one text with commas between them.</summary>
/// <param name="name">Its name.</param>
public sealed class ListColumn(string name) : Column(name)
{
    internal override Type Type => typeof(string[]);

    /// <summary>The texts; none for a value that says nothing.</summary>
    internal static string[] Read(object? value) => (value is IEnumerable several and not string ? several.Cast<object?>() : [value])
        .SelectMany(one => (TextColumn.Read(one) ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)).ToArray();
}

/// <summary>A column of numbers.</summary>
/// <param name="name">Its name.</param>
/// <param name="least">Least value.</param>
/// <param name="most">Greatest value.</param>
public sealed class ValueColumn<T>(string name, long least = long.MinValue, long most = long.MaxValue) : Column(name) where T : struct
{
    internal override Type Type => typeof(T);

    internal override bool Reads => true;

    internal override object? Parse(object? value) => ValueText.Read(value, typeof(T));

    /// <inheritdoc/>
    public override string? OutOfRange(object value) =>
        value is int or long && Convert.ToInt64(value, CultureInfo.InvariantCulture) is var number && (number < least || number > most)
            ? $"{number} is out of range; it goes from {least} to {most}." : null;
}

/// <summary>A column of objects that texts stand for.</summary>
/// <param name="name">Its name.</param>
public abstract class ObjectColumn<T>(string name) : Column(name) where T : class
{
    /// <inheritdoc/>
    internal sealed override Type Type => typeof(T);

    internal sealed override bool Reads => true;
}

/// <summary>A column of words, each of which names a kind, such as a sampler.</summary>
/// <param name="name">Its name.</param>
/// <param name="kinds">What may be named.</param>
public sealed class KindColumn<T>(string name, IReadOnlyList<T> kinds) : ObjectColumn<T>(name) where T : class, INamedKind
{
    internal override object? Parse(object? value) => value is string word ? kinds.Named(word) : value as T;

    internal override string Problem(object? value) =>
        $"'{ValueText.Shown(value)}' is not one of {kinds.Names()}.";
}

/// <summary>A column of two whole numbers each, such as a width and a height: an array, or one text with a comma or a cross between them.</summary>
/// <param name="name">Its name.</param>
/// <param name="least">Least value of both.</param>
/// <param name="most">Greatest value of both.</param>
public sealed class PairColumn(string name, int least, int most) : ObjectColumn<int[]>(name)
{
    private static readonly char[] s_between = [',', 'x', 'X', '×', ';'];

    internal override object? Parse(object? value)
    {
        var parts = value switch
        {
            string text => text.Split(s_between, StringSplitOptions.TrimEntries).Cast<object?>(),
            IEnumerable several => several.Cast<object?>(),
            _ => [],
        };
        return parts.Select(part => ValueText.Read(part, typeof(int)) as int?).ToList() is [{ } first, { } second] ? new[] { first, second } : null;
    }

    internal override string Problem(object? value) => $"'{ValueText.Shown(value)}' is not two whole numbers, such as 1024,1536.";

    /// <inheritdoc/>
    public override string? OutOfRange(object value) => value is int[] pair
        && pair.FirstOrDefault(number => number < least || number > most, least) is var wrong && (wrong < least || wrong > most)
            ? $"{wrong} is out of range; both numbers go from {least} to {most}." : null;
}
