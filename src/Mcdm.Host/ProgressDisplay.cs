using System.Diagnostics;
using System.Management.Automation;

namespace Mcdm.Host;

/// <summary>
/// Progress on standard error: one line that rewrites itself in a terminal, the inner work behind the outer. In a file or
/// pipe short work leaves no line, longer work one for every 10 %, at least every minute and at most every 10 seconds.
/// </summary>
internal sealed class ProgressDisplay
{
    private const int PercentBetweenLines = 10, UnknownWidth = 80;
    private static readonly TimeSpan s_leastTime = TimeSpan.FromSeconds(10), s_mostTime = TimeSpan.FromMinutes(1);

    private readonly Dictionary<int, (int Percent, long Time)> _written = [];
    private readonly Dictionary<int, ProgressRecord> _current = [];
    private bool _onScreen;

    public void Show(ProgressRecord record)
    {
        if (record.RecordType == ProgressRecordType.Completed)
        {
            _written.Remove(record.ActivityId);
            _current.Remove(record.ActivityId);
            Clear();
            return;
        }
        _current[record.ActivityId] = record;
        if (!Console.IsErrorRedirected)
        {
            string line = string.Join(" │ ", Chain(record).Select(Describe));
            int width = (Console.WindowWidth > 0 ? Console.WindowWidth : UnknownWidth) - 1;
            Console.Error.Write("\r\e[K" + (line.Length > width ? line[..width] : line));
            _onScreen = true;
        }
        else if (record.ParentActivityId < 0 && IsDue(record))
        {
            _written[record.ActivityId] = (record.PercentComplete, Stopwatch.GetTimestamp());
            Console.Error.WriteLine(Describe(record));
        }
    }

    public void Clear()
    {
        if (!_onScreen) { return; }
        Console.Error.Write("\r\e[K");
        _onScreen = false;
    }

    /// <summary>The outermost work that a record is a part of, and what is done of it, down to the innermost.</summary>
    private List<ProgressRecord> Chain(ProgressRecord record)
    {
        while (_current.TryGetValue(record.ParentActivityId, out ProgressRecord? parent)) { record = parent; }
        List<ProgressRecord> chain = [record];
        while (_current.Values.FirstOrDefault(inner => inner.ParentActivityId == chain[^1].ActivityId) is { } inner) { chain.Add(inner); }
        return chain;
    }

    private bool IsDue(ProgressRecord record)
    {
        if (!_written.TryGetValue(record.ActivityId, out (int Percent, long Time) last))
        {
            _written[record.ActivityId] = (record.PercentComplete, Stopwatch.GetTimestamp());
            return false;
        }
        TimeSpan since = Stopwatch.GetElapsedTime(last.Time);
        return since >= s_mostTime || (since >= s_leastTime && record.PercentComplete >= last.Percent + PercentBetweenLines);
    }

    private static string Describe(ProgressRecord record)
    {
        string percent = record.PercentComplete >= 0 ? $" {record.PercentComplete,3} %" : "";
        string left = record.SecondsRemaining >= 0 ? $", {TimeSpan.FromSeconds(record.SecondsRemaining):h\\:mm\\:ss} left" : "";
        string status = string.IsNullOrWhiteSpace(record.StatusDescription) ? "" : ": " + record.StatusDescription;
        return $"{record.Activity}{percent}{left}{status}";
    }
}
