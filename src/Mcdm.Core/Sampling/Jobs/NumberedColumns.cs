using Mcdm.Modalities;
using Mcdm.Tables;

namespace Mcdm.Sampling.Jobs;

/// <summary>
/// How a row states several conditions of one modality: a number behind the names of their columns tells them apart, so that Control2 has ControlExpert2 and
/// ControlWeight2. A number is a name alone: which ones there are, and in what order, says nothing.
/// </summary>
public static class NumberedColumns
{
    private const string Digits = "0123456789";

    /// <summary>A row as the conditions of one number read it.</summary>
    /// <param name="Number">What stands behind the names of its columns; nothing for those without a number.</param>
    /// <param name="Row">What the row says there, by names without the number.</param>
    internal sealed record Part(string Number, Row Row);

    /// <summary>Whether columns of a name state a condition.</summary>
    public static bool States(string name) => Split(name) is { Column: TextColumn column } && JobColumns.Stating.Contains(column);

    /// <summary>Whether several values of a column are of several conditions.</summary>
    public static bool TakesSeveral(Column column) => column is not ListColumn && JobColumns.OfConditions.Contains(column);

    /// <summary>The column of a condition that a name means, and its number; null for the names of other columns.</summary>
    internal static (Column Column, string Number)? Split(string name)
    {
        int end = name.AsSpan().TrimEnd(Digits).Length;
        return OfCondition(name) is { } whole ? (whole, "") : end < name.Length && OfCondition(name[..end]) is { } column ? (column, name[end..]) : null;
    }

    /// <summary>What a row says without a number, which may be nothing, and what it says with each.</summary>
    internal static IReadOnlyList<Part> Parts(Row row)
    {
        var places = row.Values.ToLookup(value => Split(value.Key)?.Number ?? "");
        return [.. from number in places.Select(place => place.Key).Prepend("").Distinct()
                   select new Part(number, new Row(places[number].Select(value => KeyValuePair.Create(value.Key[..^number.Length], value.Value))))];
    }

    /// <summary>
    /// A row of which a column of conditions may have several values: the second becomes that of the column with 2 behind its name, and so on. A column that
    /// has one value where the modality has several conditions says it of them all.
    /// </summary>
    /// <param name="row">The row; several values are an array.</param>
    /// <exception cref="McdmException"><c>ValuesUneven</c>: as many values as fit neither one condition nor all.</exception>
    public static Row Apart(Row row)
    {
        var apart = new List<KeyValuePair<string, object?>>();
        foreach (var columns in Modality.All.Select(modality => modality.Columns))
        {
            var stating = columns.Stating.MaxBy(column => row.ValuesOf(column).Count)!;
            int conditions = row.ValuesOf(stating).Count;
            foreach (var column in columns.All)
            {
                var values = row.ValuesOf(column);
                if (values.Count == 1 && conditions > 1) { values = [.. Enumerable.Repeat(values[0], conditions)]; }
                if (values.Count != conditions && values.Count > 1 && conditions > 0) { throw Uneven(column, values.Count, conditions, stating); }
                apart.AddRange(values.Select((value, i) => KeyValuePair.Create(column.Name + (i == 0 ? "" : i + 1), value)));
            }
        }
        var made = apart.Select(value => value.Key).ToHashSet(StringComparer.OrdinalIgnoreCase);
        if (row.Values.FirstOrDefault(value => Split(value.Key) is { Number.Length: > 0 } place
            && (made.Contains(value.Key) || (value.Value is object?[] && place.Column is not ListColumn))).Key is { } twice)
        {
            throw new McdmException("ValuesUneven", ErrorKind.InvalidArgument,
                $"{twice} has several values; give it one, and no list to the column without the number.");
        }
        return row.With(new Row(apart));
    }

    /// <summary>
    /// A row but for what another says, which it says of all conditions of a modality that the row states, whatever their number, unless it states one
    /// itself.
    /// </summary>
    /// <param name="row">The row.</param>
    /// <param name="said">What is said of it.</param>
    public static Row Over(Row row, Row said)
    {
        var parts = Parts(row).Where(part => part.Number.Length > 0).ToList();
        var ofAll = from columns in Modality.All.Select(modality => modality.Columns)
                    where !columns.Stating.Any(said.Says)
                    from part in parts
                    where columns.Stating.Any(part.Row.Says)
                    from column in columns.Further
                    where said.Says(column)
                    select KeyValuePair.Create(column.Name + part.Number, (object?)said.ValuesOf(column)[0]);
        return row.With(new Row(ofAll)).With(said);
    }

    private static Column? OfCondition(string name) =>
        JobColumns.OfConditions.FirstOrDefault(column => column.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    private static McdmException Uneven(Column column, int values, int conditions, Column stating) => new("ValuesUneven", ErrorKind.InvalidArgument,
        $"{column.Name} has {values} values, and {stating.Name} has {(conditions == 1 ? "one" : conditions)}; give one for each, or one for all.");
}
