
namespace Mcdm.Tables;

/// <summary>A row of a table: what it says, by the names of columns. A value that is empty is as if it were not there.</summary>
/// <param name="values">Texts, numbers, arrays of texts or null.</param>
public sealed class Row(IEnumerable<KeyValuePair<string, object?>> values)
{
    private readonly Dictionary<string, object?> _values = new(Last(values), StringComparer.OrdinalIgnoreCase);

    /// <summary>A row that says nothing.</summary>
    public static Row Empty { get; } = new([]);

    /// <summary>The names of what it says something of, in order.</summary>
    public IEnumerable<string> Names => _values.Keys;

    /// <summary>What it says, in order.</summary>
    public IEnumerable<KeyValuePair<string, object?>> Values => _values;

    /// <summary>A text; null where it says nothing.</summary>
    public string? this[TextColumn column] => ValueOf(column) is "" && column.SaysEmpty ? "" : TextColumn.Read(ValueOf(column));

    /// <summary>Several texts; none where it says nothing.</summary>
    public IReadOnlyList<string> this[ListColumn column] => ListColumn.Read(ValueOf(column));

    /// <summary>A number or choice; null where it says nothing, or nothing that is one (<see cref="Check"/>).</summary>
    public T? Get<T>(ValueColumn<T> column) where T : struct => column.Parse(ValueOf(column)) as T?;

    /// <summary>What a text stands for; null where it says nothing, or nothing that means something (<see cref="Check"/>).</summary>
    public T? Get<T>(ObjectColumn<T> column) where T : class => column.Parse(ValueOf(column)) as T;

    /// <summary>Whether it says something of a column.</summary>
    public bool Says(Column column) => Says(column.Name);

    /// <summary>Whether it says something of a column of a name.</summary>
    public bool Says(string name) => !ValueText.IsEmpty(_values.GetValueOrDefault(name));

    /// <summary>All that it says of a column: the values of an array, unless these are one value of the column; none where it says nothing.</summary>
    internal IReadOnlyList<object?> ValuesOf(Column column) =>
        ValueOf(column) switch
        {
            null => [],
            object?[] several when column is not ListColumn => several is [] ? [null] : several,
            var value => [value],
        };

    /// <summary>The same row, but for what another says.</summary>
    public Row With(Row other) => new(_values.Concat(other._values));

    /// <summary>Refuses a row with a value that cannot be used.</summary>
    /// <exception cref="McdmException"><c>CellInvalid</c> or <c>TextEncoding</c>.</exception>
    public void Check(IEnumerable<Column> columns)
    {
        foreach (var column in columns) { column.Check(column.Name, ValueOf(column)); }
    }

    private object? ValueOf(Column column) => _values.GetValueOrDefault(column.Name);

    /// <summary>Each name once, with what is said of it last.</summary>
    private static IEnumerable<KeyValuePair<string, object?>> Last(IEnumerable<KeyValuePair<string, object?>> values) =>
        values.GroupBy(value => value.Key, StringComparer.OrdinalIgnoreCase).Select(group => group.Last());
}
