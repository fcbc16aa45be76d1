using static System.FormattableString;

namespace Mcdm.Runs;

/// <summary>So many pictures were there after so long.</summary>
/// <param name="Minute">Minutes from the run's beginning.</param>
/// <param name="Pictures">Pictures until then.</param>
public readonly record struct RunPoint(double Minute, int Pictures)
{
    /// <inheritdoc/>
    public override string ToString() => Invariant($"{Pictures} after {Minute:0.0} min");
}

/// <summary>What failed of a run.</summary>
/// <param name="Row">Number of the row, from 1; null where the host failed, whatever the row.</param>
/// <param name="Name">Name of the row or the picture.</param>
/// <param name="Host">Name of the computer; null for a row that none can read.</param>
/// <param name="At">When, UTC, by the clock of the folder.</param>
/// <param name="Id">The error's id.</param>
/// <param name="Message">Its message.</param>
public sealed record RunFailure(int? Row, string? Name, string? Host, DateTime? At, string Id, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => (Host is null ? "" : Host + ": ") + Message;
}

/// <summary>What one computer did of a run.</summary>
public sealed record HostMeasurement
{
    /// <summary>Its name.</summary>
    public required string Host { get; init; }

    /// <summary>Processes that worked there.</summary>
    public required int Processes { get; init; }

    /// <summary>Those that work still.</summary>
    public required int Running { get; init; }

    /// <summary>Those that ended without saying so: they were killed, or the computer went down.</summary>
    public required int Lost { get; init; }

    /// <summary>Pictures that it made.</summary>
    public required int Pictures { get; init; }

    /// <summary>Errors that it met.</summary>
    public required int Errors { get; init; }

    /// <summary>Pictures a minute, all its processes together, while any of them worked; null where that was no time.</summary>
    public double? PicturesPerMinute { get; init; }

    /// <summary>How its pictures came, at most 200 points.</summary>
    public IReadOnlyList<RunPoint> Timeline { get; init; } = [];

    /// <inheritdoc/>
    public override string ToString() => PicturesPerMinute is { } rate ? Invariant($"{Host}: {Pictures} pictures, {rate:0.0} a minute")
        : Invariant($"{Host}: {Pictures} pictures");
}

/// <summary>How far a run is that one or several computers work at: rows of a job file, pictures in a folder.</summary>
public sealed record RunMeasurement
{
    /// <summary>The folder.</summary>
    public required string Path { get; init; }

    /// <summary>Rows of the job files; null where those are not known.</summary>
    public int? Rows { get; init; }

    /// <summary>Rows whose pictures are all there; null where the rows are not known.</summary>
    public int? Done { get; init; }

    /// <summary>Rows that are neither done nor failed; null where the rows are not known.</summary>
    public int? Missing { get; init; }

    /// <summary>Rows that are not done, and of which an error is recorded.</summary>
    public required int Failed { get; init; }

    /// <summary>Pictures that are there: of the rows, or of the logs where those are not known.</summary>
    public required int Pictures { get; init; }

    /// <summary>Pictures that are being made.</summary>
    public required int Claimed { get; init; }

    /// <summary>Pictures a minute, all hosts together, while any of them worked; null where that was no time.</summary>
    public double? PicturesPerMinute { get; init; }

    /// <summary>Time until the last row, at the pace of the processes that work now; null where none does, or the rows are not known.</summary>
    public TimeSpan? TimeLeft { get; init; }

    /// <summary>When the first process began, UTC, by the clock of the folder; null where no log tells.</summary>
    public DateTime? Begin { get; init; }

    /// <summary>When something was last told, UTC, by the clock of the folder.</summary>
    public DateTime? Last { get; init; }

    /// <summary>What each host did.</summary>
    public IReadOnlyList<HostMeasurement> Hosts { get; init; } = [];

    /// <summary>What failed and is not done, the last error of each row; and hosts that could do nothing.</summary>
    public IReadOnlyList<RunFailure> Failures { get; init; } = [];
}
