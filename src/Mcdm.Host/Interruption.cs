using System.Management.Automation;
using System.Runtime.InteropServices;

namespace Mcdm.Host;

/// <summary>Ctrl+C stops the running pipeline, so that cmdlets end between two steps; a second Ctrl+C ends the process at once.</summary>
internal sealed class Interruption : IDisposable
{
    private readonly List<PosixSignalRegistration> _signals = [];
    private readonly Lock _lock = new();
    private readonly ConsoleHost _host;
    private PowerShell? _running;

    public Interruption(ConsoleHost host)
    {
        _host = host;
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

    public void Dispose() => _signals.ForEach(signal => signal.Dispose());

    private void Stop(PosixSignalContext context, int exitCode)
    {
        lock (_lock)
        {
            if (ExitCode is not null) { return; }
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
