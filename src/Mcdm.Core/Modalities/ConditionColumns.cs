using Mcdm.Tables;

namespace Mcdm.Modalities;

/// <summary>The columns by which a row of a table states a condition.</summary>
/// <param name="name">The name of the column of its value; that of its weight ends with "Weight".</param>
public sealed class ConditionColumns(string name)
{
    /// <summary>Its value: a sentence, or a picture's file.</summary>
    public TextColumn Value { get; } = new(name);

    /// <summary>Its weight.</summary>
    public ValueColumn<double> Weight { get; } = new(name + "Weight");

    /// <summary>What else a row says of it.</summary>
    public IReadOnlyList<Column> Others { get; init; } = [];

    /// <summary>All of them.</summary>
    public IEnumerable<Column> All => [Value, .. Others, Weight];
}
