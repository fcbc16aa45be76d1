using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Mcdm.PowerShell.Hosting;

/// <summary>
/// While one lives, SIGTERM, by which schedulers end a process, lets the work finish its step and give up what it holds; then the process ends with the code
/// that it would have had at once, unless the script's finally blocks end it with another ([Environment]::Exit). A second signal changes nothing.
/// </summary>
internal sealed class OrderlyEnd : IDisposable
{
    /// <summary>Slurm kills 30 seconds after the signal where nothing else is set.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(25);

    /// <summary>For what a script says in its finally blocks.</summary>
    private static readonly TimeSpan s_lastWords = TimeSpan.FromSeconds(2);

    /// <summary>128 and the signal's number.</summary>
    private const int EndedBySignal = 143;

    private static readonly HashSet<OrderlyEnd> s_all = [];
    private static PosixSignalRegistration? s_registration;

    private readonly Action _stop, _giveUp;

    /// <param name="stop">Asks the work to stop after its step; comes from another thread.</param>
    /// <param name="giveUp">Gives up what it holds, where it has not stopped in time; comes from another thread too.</param>
    public OrderlyEnd(Action stop, Action giveUp)
    {
        (_stop, _giveUp) = (stop, giveUp);
        lock (s_all)
        {
            s_all.Add(this);
            s_registration ??= PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
        }
    }

    /// <summary>The work has ended.</summary>
    public void Dispose()
    {
        lock (s_all)
        {
            if (!s_all.Remove(this)) { return; }
            Monitor.PulseAll(s_all);
            if (s_all.Count > 0) { return; }
            s_registration?.Dispose();
            s_registration = null;
        }
    }

    private static void End(PosixSignalContext signal)
    {
        signal.Cancel = true;
        ProcessEnd.Becomes(EndedBySignal);
        OrderlyEnd[] all;
        lock (s_all) { all = [.. s_all]; }
        foreach (var one in all) { one._stop(); }
        long begin = Stopwatch.GetTimestamp();
        lock (s_all)
        {
            while (all.Any(s_all.Contains) && s_patience - Stopwatch.GetElapsedTime(begin) is var left && left > TimeSpan.Zero) { Monitor.Wait(s_all, left); }
            all = [.. all.Where(s_all.Contains)];
        }
        foreach (var one in all) { one._giveUp(); }
        Thread.Sleep(s_lastWords);
        Environment.Exit(EndedBySignal);
    }
}
