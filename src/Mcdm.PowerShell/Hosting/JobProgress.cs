using System.Diagnostics;
using System.Management.Automation;
using Mcdm.Sampling;
using static System.FormattableString;

namespace Mcdm.PowerShell.Hosting;

/// <summary>
/// How far the rows of a job are, in a sentence: shown with the progress, and written as information once a minute, for logs without a terminal
/// (-InformationAction Continue).
/// </summary>
/// <param name="cmdlet">The command that samples the rows.</param>
internal sealed class JobProgress(McdmCmdlet cmdlet)
{
    /// <summary>The tag of the information.</summary>
    public const string Tag = "McdmProgress";

    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private TimeSpan _nextLine = Interval;
    private int? _firstRow;

    /// <summary>Time between two lines of a log.</summary>
    public static TimeSpan Interval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>The number of the last row; null where that is not known.</summary>
    public int? Rows { get; set; }

    /// <summary>The time left; null where that is not known.</summary>
    public TimeSpan? Left { get; private set; }

    /// <summary>The share of the rows that is done; null where that is not known.</summary>
    public double? Share { get; private set; }

    /// <summary>Says how far the rows are.</summary>
    /// <param name="progress">How far the sampling is.</param>
    /// <param name="done">Pictures done, with the share of the batch under way.</param>
    public string Tell(GenerationProgress progress, double done)
    {
        int row = progress.Request.Row!.Value;
        // What was left to others comes again at the end.
        _firstRow = Math.Min(_firstRow ?? row, row);
        double minutes = _clock.Elapsed.TotalMinutes, perMinute = done / Math.Max(minutes, 1e-9);
        if (Rows is { } rows && rows >= row)
        {
            double rowsDone = row - _firstRow.Value + (double)progress.Step / progress.Steps;
            Share = Math.Min(1, (row - 1 + (double)progress.Step / progress.Steps) / rows);
            Left = TimeSpan.FromMinutes(Math.Min(TimeSpan.MaxValue.TotalMinutes / 2, minutes * Math.Max(0, rows - _firstRow.Value + 1 - rowsDone) / rowsDone));
        }
        string of = Rows is null ? "" : $" of {Rows}", name = progress.Request.Name is { } given ? $" ({given})" : "";
        string said = Invariant($"row {row}{of}{name}: {progress.PicturesDone} pictures done, {perMinute:0.0} a minute");
        if (_clock.Elapsed >= _nextLine)
        {
            _nextLine = _clock.Elapsed + Interval;
            string left = Left is { } time ? Invariant($", {Math.Floor(time.TotalHours):0}:{time:mm\\:ss} left") : "";
            Write(said + left);
        }
        return said;
    }

    private void Write(string line)
    {
        try
        {
            cmdlet.WriteInformation(line, [Tag]);
        }
        catch (PipelineStoppedException)
        {
            // Ctrl+C: the work ends by its token.
        }
    }
}
