namespace Mcdm.Experts;

/// <summary>What several experts use and the last of them disposes.</summary>
internal sealed class SharedLifetime
{
    private readonly List<IDisposable> _things = [];
    private int _users;

    /// <summary>Counts a thing among those that are disposed, the last first.</summary>
    public T With<T>(T thing) where T : IDisposable
    {
        lock (_things) { _things.Add(thing); }
        return thing;
    }

    /// <summary>Counts one more user.</summary>
    public void Enter() => Interlocked.Increment(ref _users);

    /// <summary>Counts one less; after the last, all is disposed.</summary>
    public void Leave()
    {
        if (Interlocked.Decrement(ref _users) > 0) { return; }
        GiveBack();
    }

    /// <summary>Frees all of it, where nobody came to use it.</summary>
    public void GiveBack()
    {
        lock (_things)
        {
            foreach (var thing in _things.AsEnumerable().Reverse()) { thing.Dispose(); }
            _things.Clear();
        }
    }
}
