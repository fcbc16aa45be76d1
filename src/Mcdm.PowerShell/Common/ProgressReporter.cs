using System.Diagnostics;
using System.Management.Automation;

namespace Mcdm.PowerShell;

/// <summary>Shows how far some work is: at most five updates a second, with the time left; gone when disposed.</summary>
public sealed class ProgressReporter : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);
    private static int s_lastId;

    private readonly Cmdlet _cmdlet;
    private readonly ProgressRecord _record;
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private TimeSpan _nextUpdate = TimeSpan.Zero;
    private bool _shown;

    internal ProgressReporter(Cmdlet cmdlet, string activity, ProgressReporter? parent)
    {
        _cmdlet = cmdlet;
        _record = new ProgressRecord(Interlocked.Increment(ref s_lastId), activity, " ")
        {
            ParentActivityId = parent?._record.ActivityId ?? -1,
        };
    }

    /// <summary>Tells how far the work is. Cheap enough to call at every step. Call it on the pipeline thread.</summary>
    /// <param name="done">Steps done.</param>
    /// <param name="total">Steps in all.</param>
    /// <param name="status">One line about the present state, such as the loss.</param>
    /// <param name="remaining">Time left, where the work knows better than the share done says (it was resumed).</param>
    public void Update(long done, long total, string status = " ", TimeSpan? remaining = null)
    {
        TimeSpan now = _clock.Elapsed;
        if (now < _nextUpdate) { return; }
        _nextUpdate = now + Interval;
        double fraction = total > 0 ? Math.Clamp((double)done / total, 0, 1) : 0;
        _record.StatusDescription = status.Length > 0 ? status : " ";
        _record.PercentComplete = (int)(100 * fraction);
        double seconds = remaining?.TotalSeconds ?? (fraction > 0 ? now.TotalSeconds * (1 - fraction) / fraction : -1);
        _record.SecondsRemaining = (int)Math.Min(int.MaxValue, seconds);
        _cmdlet.WriteProgress(_record);
        _shown = true;
    }

    /// <summary>Takes the progress off the screen.</summary>
    public void Dispose()
    {
        if (!_shown) { return; }
        _shown = false;
        _record.RecordType = ProgressRecordType.Completed;
        try
        {
            _cmdlet.WriteProgress(_record);
        }
        catch (PipelineStoppedException)
        {
            // Stopped by Ctrl+C: the host clears progress itself, and a dispose must not hide the first exception.
        }
    }
}
