using System.Diagnostics;
using System.Management.Automation;

namespace Mcdm.PowerShell.Hosting;

/// <summary>Shows how far some work is: at most five updates a second, with the time left; gone when disposed.</summary>
public sealed class ProgressReporter : IDisposable
{
    private static int s_lastId;

    /// <summary>Time between two updates.</summary>
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(200);

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
    /// <param name="done">Steps done, or a share of them.</param>
    /// <param name="total">Steps in all; 0 where that is not known.</param>
    /// <param name="status">One line about the present state, such as the loss.</param>
    /// <param name="remaining">Time left, where the work knows better than the share done says (it was resumed).</param>
    public void Update(double done, long total, string status = " ", TimeSpan? remaining = null)
    {
        TimeSpan now = _clock.Elapsed;
        if (now < _nextUpdate) { return; }
        _nextUpdate = now + s_interval;
        double fraction = total > 0 ? Math.Clamp(done / total, 0, 1) : 0;
        _record.StatusDescription = status.Length > 0 ? status : " ";
        _record.PercentComplete = total > 0 ? (int)(100 * fraction) : -1;
        double seconds = remaining?.TotalSeconds ?? (fraction > 0 ? now.TotalSeconds * (1 - fraction) / fraction : -1);
        _record.SecondsRemaining = (int)Math.Min(int.MaxValue, seconds);
        _shown = true;
        Write(_record);
    }

    /// <summary>Takes the progress off the screen; the next update shows it again, from the beginning.</summary>
    public void Clear()
    {
        Dispose();
        _clock.Restart();
        _nextUpdate = TimeSpan.Zero;
    }

    /// <summary>Takes the progress off the screen.</summary>
    public void Dispose()
    {
        if (!_shown) { return; }
        _shown = false;
        Write(new ProgressRecord(_record.ActivityId, _record.Activity, " ") { ParentActivityId = _record.ParentActivityId,
            RecordType = ProgressRecordType.Completed });
    }

    private void Write(ProgressRecord record)
    {
        try
        {
            _cmdlet.WriteProgress(record);
        }
        catch (PipelineStoppedException)
        {
            // Ctrl+C: the work ends by its token, after it has saved what it must, and the host clears progress itself.
        }
    }
}
