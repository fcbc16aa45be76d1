using Mcdm.Tables;

namespace Mcdm.Modalities;

/// <summary>The columns by which a row of a table states a condition.</summary>
/// <param name="name">The name of the column of its value; those of what else it has begin with it, such as that of its weight.</param>
public sealed class ConditionColumns(string name)
{
    /// <summary>Its value: a sentence, or a picture's file.</summary>
    public TextColumn Value { get; } = new(name);

    /// <summary>Its value where all of that is letters, also for experts that read a language of prompts; null for values that are no words.</summary>
    public TextColumn? LiteralValue { get; init; }

    /// <summary>Those that state it.</summary>
    public IEnumerable<TextColumn> Stating => LiteralValue is null ? [Value] : [Value, LiteralValue];

    /// <summary>Its weight.</summary>
    public ValueColumn<double> Weight { get; } = new(name + "Weight");

    /// <summary>By what the weight is multiplied at some noise levels.</summary>
    public ScheduleColumn Schedule { get; } = new(name + "Schedule");

    /// <summary>Picture file that says where it acts.</summary>
    public TextColumn Region { get; } = new(name + "Region");

    /// <summary>The expert that reads it, where a model has several.</summary>
    public TextColumn Expert { get; } = new(name + "Expert");

    /// <summary>What else a row says of it that other modalities have not.</summary>
    public IReadOnlyList<Column> Others { get; init; } = [];

    /// <summary>What a row says of it beside its value.</summary>
    public IEnumerable<Column> Further => [.. Others, Weight, Schedule, Region, Expert];

    /// <summary>All of them.</summary>
    public IEnumerable<Column> All => [.. Stating, .. Further];
}
