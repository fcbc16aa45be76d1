namespace Mcdm.Benchmarks.Scale;

/// <summary>What a file system takes for what workers ask of it, in seconds of its own time, one request after another; and the way there and back.</summary>
/// <param name="Look">Whether a file is there, or what it is.</param>
/// <param name="Create">A file that must not be there, with a few bytes in it.</param>
/// <param name="Write">A picture written aside and flushed to the disk.</param>
/// <param name="Link">A place for it.</param>
/// <param name="Delete">A file deleted.</param>
/// <param name="Append">A line added to a file, or a file's few bytes written again.</param>
/// <param name="Way">The network, there and back.</param>
public sealed record FolderCosts(double Look, double Create, double Write, double Link, double Delete, double Append, double Way)
{
    /// <summary>All but the way, times a factor.</summary>
    public FolderCosts Times(double factor) => this with { Look = Look * factor, Create = Create * factor, Write = Write * factor, Link = Link * factor, Delete = Delete * factor, Append = Append * factor };
}

/// <summary>One server that does requests in the order in which they come: each waits for what was asked before it, at most one request of every other worker.</summary>
/// <param name="workers">How many ask.</param>
internal sealed class FolderServer(int workers)
{
    private double _free, _now, _queue;

    /// <summary>Seconds that it worked.</summary>
    public double Busy { get; private set; }

    /// <summary>Requests.</summary>
    public long Requests { get; private set; }

    /// <summary>Seconds from asking to answers, all together.</summary>
    public double Waited { get; private set; }

    /// <summary>A worker begins with requests, each of which finds before it as much of others' as there is now.</summary>
    /// <param name="now">What time it is; never less than before.</param>
    public void Begin(double now) => (_now, _queue) = (now, Math.Clamp(_free - now, 0, Requests == 0 ? 0 : workers * Busy / Requests));

    /// <summary>Does requests that it makes one after another.</summary>
    /// <param name="at">When the first comes.</param>
    /// <param name="seconds">What each takes of it.</param>
    /// <param name="way">The way there and back of each.</param>
    /// <param name="count">How many.</param>
    /// <returns>When the last is answered.</returns>
    public double Do(double at, double seconds, double way, int count = 1)
    {
        double each = way + _queue + seconds;
        _free = Math.Max(_free, _now) + seconds * count;
        Busy += seconds * count;
        Requests += count;
        Waited += each * count;
        return at + each * count;
    }
}
