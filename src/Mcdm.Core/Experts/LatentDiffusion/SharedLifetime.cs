namespace Mcdm.Experts.LatentDiffusion;

/// <summary>What several experts use and the last of them gives back.</summary>
/// <param name="things">What is given back, in this order.</param>
internal sealed class SharedLifetime(params IDisposable[] things)
{
    private int _users;

    /// <summary>Counts one more user.</summary>
    public void Enter() => Interlocked.Increment(ref _users);

    /// <summary>Counts one less; after the last, all is given back.</summary>
    public void Leave()
    {
        if (Interlocked.Decrement(ref _users) > 0) { return; }
        foreach (var thing in things) { thing.Dispose(); }
    }
}
