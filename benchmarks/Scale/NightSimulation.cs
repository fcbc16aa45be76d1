namespace Mcdm.Benchmarks.Scale;

/// <summary>How workers divide rows.</summary>
public enum NightLayout
{
    /// <summary>All go through all rows and claim what is free.</summary>
    Shared,

    /// <summary>Each makes its part, then looks through all rows for what is not there.</summary>
    PartsThenAll,

    /// <summary>Each makes its part alone; one worker looks through all rows at the end.</summary>
    PartsThenOne,
}

/// <summary>What is simulated.</summary>
public sealed record NightOptions
{
    public required int Workers { get; init; }

    public required int Rows { get; init; }

    public required NightLayout Layout { get; init; }

    public required FolderCosts Costs { get; init; }

    /// <summary>Pictures of a batch.</summary>
    public int Batch { get; init; } = 8;

    /// <summary>Seconds a batch takes to sample; a worker's own are lognormally around it.</summary>
    public double BatchSeconds { get; init; } = 600;

    /// <summary>Share of workers that take three times as long.</summary>
    public double Stragglers { get; init; } = 0.05;

    /// <summary>Hours between two ends of a worker, exponentially; half of them in order (SIGTERM), half not.</summary>
    public double HoursBetweenEnds { get; init; } = 4;

    /// <summary>Seconds until it is there again.</summary>
    public double Away { get; init; } = 300;

    /// <summary>Seconds for which a claim counts without renewal.</summary>
    public double ClaimSeconds { get; init; } = 600;

    /// <summary>Seconds between two renewals.</summary>
    public double RenewSeconds { get; init; } = 30;

    public int Seed { get; init; } = 1;
}

/// <summary>What came of it.</summary>
/// <param name="Hours">Until the last picture.</param>
/// <param name="HoursOfHalf">Until half of the pictures.</param>
/// <param name="HoursOfMost">Until 99 % of the pictures.</param>
/// <param name="Missing">Pictures that nobody has made when all have ended.</param>
/// <param name="Claims">Claims a second, on average until half of the pictures.</param>
/// <param name="ServerBusy">Share of the server's time until half of the pictures.</param>
/// <param name="WorkersWait">Share of the workers' time that is spent waiting for the server.</param>
/// <param name="Requests">Requests to the server.</param>
/// <param name="Twice">Pictures made twice.</param>
public sealed record NightOutcome(double Hours, double HoursOfHalf, double HoursOfMost, int Missing, double Claims, double ServerBusy, double WorkersWait, long Requests, int Twice);

/// <summary>
/// A night of many workers on one folder, event by event: looking for pictures, claims, sampling, renewals, publishing, ends in order and not, and the file server
/// that does one request after another. Rows' pictures are all alike.
/// </summary>
internal sealed class NightSimulation
{
    /// <summary>Rows that are looked at in one event: they are asked for one after another anyway.</summary>
    private const int LooksAtOnce = 256;

    private const int OneForAll = 1;

    private readonly NightOptions _options;
    private readonly Random _random;
    private readonly FolderServer _server;
    private readonly PriorityQueue<Worker, double> _events = new();
    private readonly bool[] _made;
    private readonly double[] _claimedUntil;
    private readonly List<double> _times = [];
    private int _twice, _claims;
    private double _busyAtHalf, _claimsAtHalf, _worked;

    private NightSimulation(NightOptions options)
    {
        _options = options;
        _server = new FolderServer(options.Workers);
        _random = new Random(options.Seed);
        _made = new bool[options.Rows];
        _claimedUntil = new double[options.Rows];
    }

    /// <summary>A worker: where it is in the rows it goes through, and the batch it makes.</summary>
    private sealed class Worker
    {
        public required int Number { get; init; }

        public required double Pace { get; init; }

        /// <summary>Rows that it has looked at, of its part or of all.</summary>
        public int Next { get; set; }

        public bool IsAtAll { get; set; }

        public List<int> Batch { get; } = [];

        /// <summary>Rows that others had claimed, for a last look.</summary>
        public List<int> Left { get; set; } = [];

        /// <summary>The rows of that last look.</summary>
        public List<int>? Last { get; set; }

        public double EndsAt { get; set; }

        public bool HasBatch { get; set; }
    }

    public static NightOutcome Run(NightOptions options) => new NightSimulation(options).Run();

    private NightOutcome Run()
    {
        for (int i = 0; i < _options.Workers; i++)
        {
            // Schedulers start workers over some minutes.
            double start = 120 * _random.NextDouble();
            var worker = new Worker
            {
                Number = i,
                Pace = (_random.NextDouble() < _options.Stragglers ? 3 : 1) * Math.Exp(0.1 * Normal()),
                IsAtAll = _options.Layout == NightLayout.Shared,
                EndsAt = start + UntilEnd(),
            };
            _events.Enqueue(worker, start);
        }
        double last = StepAll();
        if (_options.Layout == NightLayout.PartsThenOne && _times.Count < _options.Rows)
        {
            // The job that follows all others, once claims of what was killed are void.
            _events.Enqueue(new Worker { Number = 0, Pace = OneForAll, IsAtAll = true, EndsAt = double.PositiveInfinity }, last + _options.ClaimSeconds);
            StepAll();
        }
        _times.Sort();
        double half = At(0.5);
        return new NightOutcome(At(1) / 3600, half / 3600, At(0.99) / 3600, _options.Rows - _times.Count, _claimsAtHalf / half, _busyAtHalf / half, _server.Waited / (_server.Waited + _worked), _server.Requests, _twice);
    }

    /// <summary>Lets all workers go on to their ends.</summary>
    /// <returns>When the last one did something.</returns>
    private double StepAll()
    {
        double last = 0;
        while (_events.TryDequeue(out var worker, out double now))
        {
            Step(worker, now);
            last = now;
        }
        return last;
    }

    private double At(double share) => _times.Count == 0 ? 0 : _times[Math.Min(_times.Count - 1, (int)(share * _options.Rows))];

    private double UntilEnd() => -3600 * _options.HoursBetweenEnds * Math.Log(1 - _random.NextDouble());

    private double Normal() => Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());

    private int RowsOf(Worker worker) => worker.Last?.Count ?? (worker.IsAtAll ? _options.Rows : (_options.Rows - worker.Number + _options.Workers - 1) / _options.Workers);

    private int RowOf(Worker worker, int index) => worker.Last is { } last ? last[index] : worker.IsAtAll ? index : worker.Number + index * _options.Workers;

    private void Step(Worker worker, double now)
    {
        _server.Begin(now);
        if (now >= worker.EndsAt)
        {
            End(worker, now);
            return;
        }
        if (worker.HasBatch)
        {
            _events.Enqueue(worker, Publish(worker, now));
            return;
        }
        double at = Look(worker, now);
        if (worker.Batch.Count == _options.Batch || (worker.Next == RowsOf(worker) && worker.Batch.Count > 0)) { _events.Enqueue(worker, Sample(worker, at)); }
        else if (worker.Next < RowsOf(worker)) { _events.Enqueue(worker, at); }
        else if (worker is { Last: null, Left.Count: > 0 })
        {
            (worker.Last, worker.Left, worker.Next) = (worker.Left, [], 0);
            _events.Enqueue(worker, at);
        }
        else if (_options.Layout == NightLayout.PartsThenAll && !worker.IsAtAll)
        {
            (worker.IsAtAll, worker.Next, worker.Last, worker.Left) = (true, 0, null, []);
            _events.Enqueue(worker, at);
        }
    }

    /// <summary>Looks at rows, and claims those that are free, up to a batch.</summary>
    private double Look(Worker worker, double now)
    {
        double at = now;
        int looks = 0, tries = 0;
        while (worker.Next < RowsOf(worker) && worker.Batch.Count < _options.Batch && looks < LooksAtOnce)
        {
            int row = RowOf(worker, worker.Next++);
            looks++;
            if (_made[row]) { continue; }
            at = _server.Do(at, _options.Costs.Look, _options.Costs.Way, looks);
            looks = 0;
            at = _server.Do(at, _options.Costs.Create, _options.Costs.Way);
            _claims++;
            if (_claimedUntil[row] > at)
            {
                // Somebody's: its claim is read.
                at = _server.Do(at, _options.Costs.Look, _options.Costs.Way);
                if (worker.Last is null) { worker.Left.Add(row); }
                if (++tries == LooksAtOnce) { break; }
                continue;
            }
            _claimedUntil[row] = double.PositiveInfinity;
            at = _server.Do(at, _options.Costs.Look, _options.Costs.Way);
            worker.Batch.Add(row);
        }
        return looks > 0 ? _server.Do(at, _options.Costs.Look, _options.Costs.Way, looks) : at;
    }

    private double Sample(Worker worker, double now)
    {
        double seconds = _options.BatchSeconds * worker.Pace * worker.Batch.Count / _options.Batch;
        int renewals = (int)(seconds / _options.RenewSeconds) * worker.Batch.Count;
        // They are spread over the sampling; what they take of the server is what counts.
        double waited = renewals == 0 ? 0 : _server.Do(now, _options.Costs.Append, _options.Costs.Way, renewals) - now;
        worker.HasBatch = true;
        _worked += seconds;
        return now + seconds + waited;
    }

    private double Publish(Worker worker, double now)
    {
        double at = now;
        foreach (int row in worker.Batch)
        {
            var costs = _options.Costs;
            at = _server.Do(at, costs.Write, costs.Way);
            at = _server.Do(at, costs.Link, costs.Way);
            at = _server.Do(at, costs.Delete, costs.Way, 2);
            at = _server.Do(at, costs.Append, costs.Way);
            if (_made[row]) { _twice++; }
            else
            {
                _made[row] = true;
                _times.Add(at);
                if (_times.Count == _options.Rows / 2) { (_busyAtHalf, _claimsAtHalf) = (_server.Busy, _claims); }
            }
        }
        worker.Batch.Clear();
        worker.HasBatch = false;
        return at;
    }

    /// <summary>It is asked to end, or killed, and comes back and goes through its rows again.</summary>
    private void End(Worker worker, double now)
    {
        bool inOrder = _random.Next(2) == 0;
        foreach (int row in worker.Batch) { _claimedUntil[row] = inOrder ? now : now + _options.ClaimSeconds; }
        double at = inOrder && worker.Batch.Count > 0 ? _server.Do(now, _options.Costs.Delete, _options.Costs.Way, worker.Batch.Count) : now;
        worker.Batch.Clear();
        (worker.HasBatch, worker.Next, worker.Last, worker.Left, worker.EndsAt) = (false, 0, null, [], at + _options.Away + UntilEnd());
        worker.IsAtAll = _options.Layout == NightLayout.Shared;
        _events.Enqueue(worker, at + _options.Away);
    }
}
