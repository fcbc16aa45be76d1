namespace Mcdm.Experts;

/// <summary>Threads may share a network: any number use it at once, and one that disposes it waits for them.</summary>
internal sealed class SharedUse
{
    private readonly object _gate = new();
    private int _users;
    private bool _ended;

    /// <summary>Begins a use, which ends when the returned object is disposed of.</summary>
    /// <param name="what">What is used, for the message.</param>
    /// <exception cref="McdmException"><c>ModelRemoved</c>: it has been disposed.</exception>
    public IDisposable Enter(Func<string> what)
    {
        lock (_gate)
        {
            if (_ended) { throw new McdmException("ModelRemoved", ErrorKind.InvalidArgument, $"{what()} was removed while it was in use; import it again."); }
            _users++;
        }
        return new Use(this);
    }

    /// <summary>Disposes of it, once, when nobody uses it any more.</summary>
    public void End(Action giveBack)
    {
        lock (_gate)
        {
            if (_ended) { return; }
            _ended = true;
            while (_users > 0) { Monitor.Wait(_gate); }
        }
        giveBack();
    }

    private void Leave()
    {
        lock (_gate)
        {
            _users--;
            Monitor.PulseAll(_gate);
        }
    }

    private sealed class Use(SharedUse used) : IDisposable
    {
        public void Dispose() => used.Leave();
    }
}
