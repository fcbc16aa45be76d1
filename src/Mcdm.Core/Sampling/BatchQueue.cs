namespace Mcdm.Sampling;

/// <summary>One picture of a request.</summary>
/// <param name="From">The request.</param>
/// <param name="Number">The picture's number there, from 0.</param>
internal readonly record struct BatchPlace(PreparedRequest From, int Number)
{
    public long Seed => From.Request.Seed + Number;
}

/// <summary>Requests wait here until their pictures fill a batch, whatever their conditions.</summary>
internal sealed class BatchQueue : IDisposable
{
    private readonly Queue<PreparedRequest> _waiting = [];
    private int _taken;

    /// <summary>Pictures asked for so far.</summary>
    public int Asked { get; private set; }

    /// <summary>Pictures that have left in batches.</summary>
    public int Left { get; private set; }

    public bool IsEmpty => _waiting.Count == 0;

    /// <summary>Whether there is a batch that no further request would make larger.</summary>
    public bool HasFullBatch => _waiting.TryPeek(out var first) && (Asked - Left >= first.PicturesPerBatch || _waiting.Any(other => !other.SamplesLike(first)));

    /// <summary>Lets a request wait; it is the queue's from now on.</summary>
    public void Add(PreparedRequest request)
    {
        _waiting.Enqueue(request);
        Asked += request.Request.Count;
    }

    /// <summary>The next pictures that are sampled alike, up to a batch.</summary>
    /// <param name="claim">Whether a picture is still to be made; others are left out, and were never asked for.</param>
    /// <returns>
    /// Their places, none where all were left out, and the requests of which no more pictures wait, for the caller to dispose of when the batch is
    /// done.
    /// </returns>
    public (IReadOnlyList<BatchPlace> Places, IReadOnlyList<PreparedRequest> Finished) Next(Func<BatchPlace, bool> claim)
    {
        var places = new List<BatchPlace>();
        var finished = new List<PreparedRequest>();
        var first = _waiting.Peek();
        while (places.Count < first.PicturesPerBatch && _waiting.TryPeek(out var request) && request.SamplesLike(first))
        {
            while (_taken < request.Request.Count && places.Count < first.PicturesPerBatch)
            {
                var place = new BatchPlace(request, _taken++);
                if (claim(place)) { places.Add(place); }
                else { Asked--; }
            }
            if (_taken < request.Request.Count) { break; }
            finished.Add(_waiting.Dequeue());
            _taken = 0;
        }
        Left += places.Count;
        return (places, finished);
    }

    /// <summary>Forgets what still waits.</summary>
    public void Dispose()
    {
        while (_waiting.TryDequeue(out var request)) { request.Dispose(); }
        (_taken, Asked, Left) = (0, 0, 0);
    }
}
