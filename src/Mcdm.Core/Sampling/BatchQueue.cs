namespace Mcdm.Sampling;

/// <summary>One picture of a request.</summary>
/// <param name="From">The request.</param>
/// <param name="Number">The picture's number there, from 0.</param>
/// <param name="Place">Its place among all pictures that were asked for.</param>
internal readonly record struct BatchPlace(PreparedRequest From, int Number, int Place)
{
    public long Seed => From.Request.Seed + Number;
}

/// <summary>
/// Requests wait here until their pictures fill a batch, whatever their conditions. Those that are sampled alike share batches, also where others lie between
/// them: the queue looks a few batches ahead of the first that waits, so none waits for long.
/// </summary>
internal sealed class BatchQueue : IDisposable
{
    /// <summary>So many batches of pictures are looked through.</summary>
    private const int Window = 4;

    private readonly List<Waiting> _waiting = [];
    private int _added;

    private sealed class Waiting(PreparedRequest request, int place)
    {
        public PreparedRequest Request => request;

        public int Taken { get; private set; }

        public int Left => request.Request.Count - Taken;

        public BatchPlace Take() => new(request, Taken, place + Taken++);
    }

    /// <summary>Pictures asked for so far.</summary>
    public int Asked { get; private set; }

    /// <summary>Pictures that have left in batches.</summary>
    public int Left { get; private set; }

    public bool IsEmpty => _waiting.Count == 0;

    /// <summary>Whether there is a batch that no further request would make larger.</summary>
    public bool HasFullBatch => _waiting is [var first, ..]
        && (Alike().Sum(one => one.Left) >= first.Request.PicturesPerBatch || Asked - Left >= Window * first.Request.PicturesPerBatch);

    /// <summary>Lets a request wait; it is the queue's from now on.</summary>
    public void Add(PreparedRequest request)
    {
        _waiting.Add(new Waiting(request, _added));
        _added += request.Request.Count;
        Asked += request.Request.Count;
    }

    /// <summary>The next pictures that are sampled alike, up to a batch.</summary>
    /// <param name="claim">Whether a picture is still to be made; others are left out, and were never asked for.</param>
    /// <returns>
    /// Their places, none where all were left out, those that were left out, and the requests of which no more pictures wait, for the caller to dispose of
    /// when the batch is done.
    /// </returns>
    public (IReadOnlyList<BatchPlace> Places, IReadOnlyList<BatchPlace> LeftOut, IReadOnlyList<PreparedRequest> Finished) Next(Func<BatchPlace, bool> claim)
    {
        var (places, leftOut, finished) = (new List<BatchPlace>(), new List<BatchPlace>(), new List<PreparedRequest>());
        int most = _waiting[0].Request.PicturesPerBatch;
        foreach (var one in Alike().ToList())
        {
            while (one.Left > 0 && places.Count < most)
            {
                var place = one.Take();
                (claim(place) ? places : leftOut).Add(place);
            }
            if (one.Left > 0) { break; }
            _waiting.Remove(one);
            finished.Add(one.Request);
        }
        Asked -= leftOut.Count;
        Left += places.Count;
        return (places, leftOut, finished);
    }

    /// <summary>The requests, of those that are looked through, that are sampled as the first is.</summary>
    private IEnumerable<Waiting> Alike()
    {
        var first = _waiting[0].Request;
        int ahead = Window * first.PicturesPerBatch;
        foreach (var one in _waiting)
        {
            if (one.Request.SamplesLike(first)) { yield return one; }
            ahead -= one.Left;
            if (ahead <= 0) { yield break; }
        }
    }

    /// <summary>Forgets what still waits.</summary>
    public void Dispose()
    {
        foreach (var one in _waiting) { one.Request.Dispose(); }
        _waiting.Clear();
        (_added, Asked, Left) = (0, 0, 0);
    }
}
