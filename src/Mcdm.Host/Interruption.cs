using System.Management.Automation;
using System.Runtime.InteropServices;

namespace Mcdm.Host;

/// <summary>Ctrl+C stops the running pipeline, so that cmdlets end between two steps; a second Ctrl+C ends the process at once.</summary>
internal sealed class Interruption : IDisposable
{
    private readonly List<PosixSignalRegistration> _signals = [];
    private readonly Lock _lock = new();
    private readonly ConsoleHost _host;
    private readonly bool _once;
    private PowerShell? _running;

    /// <param name="host">Whose progress is taken off the screen.</param>
    /// <param name="once">Whether a second interruption ends the process; otherwise each stops what runs.</param>
    public Interruption(ConsoleHost host, bool once)
    {
        (_host, _once) = (host, once);
        _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Stop(context, Host.ExitCode.Interrupted)));
        _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Stop(context, Host.ExitCode.Terminated)));
    }

    /// <summary>What to exit with, once interrupted.</summary>
    public int? ExitCode { get; private set; }

    /// <summary>Makes <paramref name="shell"/> the pipeline that Ctrl+C stops, until the result is disposed.</summary>
    public IDisposable Watch(PowerShell shell)
    {
        lock (_lock) { _running = shell; }
        return new Watched(this);
    }

    /// <summary>Forgets an interruption, before the next statement of a prompt.</summary>
    public void Reset() => ExitCode = null;

    public void Dispose() => _signals.ForEach(signal => signal.Dispose());

    private void Stop(PosixSignalContext context, int exitCode)
    {
        lock (_lock)
        {
            if (ExitCode is not null && _once) { return; }
            ExitCode = exitCode;
            context.Cancel = true;
            _host.EndProgress();
            _running?.BeginStop(null, null);
        }
    }

    private sealed class Watched(Interruption owner) : IDisposable
    {
        public void Dispose()
        {
            lock (owner._lock) { owner._running = null; }
        }
    }
}
