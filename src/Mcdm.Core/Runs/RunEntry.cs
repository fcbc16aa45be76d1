namespace Mcdm.Runs;

/// <summary>What a line of a run's log tells.</summary>
public enum RunEvent
{
    /// <summary>A process begins: <see cref="RunEntry.Host"/>, <see cref="RunEntry.Process"/>, <see cref="RunEntry.Model"/>.</summary>
    Begin,

    /// <summary>
    /// It has rows of a file: <see cref="RunEntry.Jobs"/>, and <see cref="RunEntry.Prefix"/>, <see cref="RunEntry.Name"/>, <see cref="RunEntry.Seed"/>,
    /// <see cref="RunEntry.Count"/> where those are said for all rows.
    /// </summary>
    Rows,

    /// <summary>A picture is saved: <see cref="RunEntry.File"/>, <see cref="RunEntry.Seconds"/>, <see cref="RunEntry.Followed"/>, <see
    /// cref="RunEntry.NotFollowed"/>.</summary>
    Made,

    /// <summary>
    /// A row, or a picture, or all has failed: <see cref="RunEntry.Row"/> and <see cref="RunEntry.Name"/>, <see cref="RunEntry.File"/>, or neither;
    /// <see cref="RunEntry.Id"/>, <see cref="RunEntry.Message"/>.
    /// </summary>
    Failed,

    /// <summary>The process is done, or was asked to end.</summary>
    End,
}

/// <summary>A line of a run's log, JSON. Properties that say nothing are left out.</summary>
public sealed record RunEntry
{
    /// <summary>What it tells.</summary>
    public required RunEvent Event { get; init; }

    /// <summary>When, UTC, by the clock of the system that holds the folder.</summary>
    public required DateTime At { get; init; }

    /// <summary>Name of the computer.</summary>
    public string? Host { get; init; }

    /// <summary>Number of the process there.</summary>
    public int? Process { get; init; }

    /// <summary>Name of the model.</summary>
    public string? Model { get; init; }

    /// <summary>The file that has the rows.</summary>
    public string? Jobs { get; init; }

    /// <summary>What the names of its rows without a name begin with; nothing for a run's first file.</summary>
    public string? Prefix { get; init; }

    /// <summary>The row's number in its file, from 1.</summary>
    public int? Row { get; init; }

    /// <summary>The row's name.</summary>
    public string? Name { get; init; }

    /// <summary>Seed of each row's first picture.</summary>
    public long? Seed { get; init; }

    /// <summary>Pictures of each row.</summary>
    public int? Count { get; init; }

    /// <summary>Name of the picture's file.</summary>
    public string? File { get; init; }

    /// <summary>Seconds that the picture took.</summary>
    public double? Seconds { get; init; }

    /// <summary>How well the picture follows its conditions; null where nothing is known.</summary>
    public string? Followed { get; init; }

    /// <summary>What the picture's conditions ask for and it does not show; null where all is followed.</summary>
    public string? NotFollowed { get; init; }

    /// <summary>The error's id.</summary>
    public string? Id { get; init; }

    /// <summary>The error's message.</summary>
    public string? Message { get; init; }
}
