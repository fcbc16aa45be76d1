using Mcdm.Sampling;

namespace Mcdm.Runs;

/// <summary>A folder of pictures, with the folders in it, as a run has left it so far: names of pictures, logs, claims.</summary>
public sealed class RunFolder
{
    private const int MostPoints = 200;

    private readonly string _path;
    private readonly HashSet<string> _files = new(PictureName.PathComparer);
    private readonly List<Worker> _workers = [];
    private readonly IReadOnlyList<ClaimOwner> _claims;

    private RunFolder(string path, IReadOnlyList<ClaimOwner> claims) => (_path, _claims) = (path, claims);

    /// <summary>What one process told.</summary>
    private sealed record Worker(RunEntry Begin, IReadOnlyList<RunEntry> Entries)
    {
        public DateTime Last => Entries[^1].At;

        public int Made { get; } = Entries.Count(entry => entry.Event == RunEvent.Made);

        public bool HasEnded => Entries.Any(entry => entry.Event == RunEvent.End);
    }

    /// <summary>Looks at a folder; each file's name is read once.</summary>
    /// <param name="path">The folder, as a full path.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static RunFolder Read(string path)
    {
        var claims = new HashSet<string>();
        var logs = new List<string>();
        var files = new List<string>();
        foreach (string file in Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories))
        {
            string name = Path.GetFileName(file);
            if (PictureClaim.IsClaim(name)) { claims.Add(Path.GetDirectoryName(file)!); }
            else if (name.EndsWith(RunLog.Extension, StringComparison.Ordinal)) { logs.Add(file); }
            else { files.Add(name); }
        }
        var folder = new RunFolder(path, claims.SelectMany(one => PictureClaim.In(one)).ToList());
        folder._files.UnionWith(files);
        foreach (string log in logs.Where(log => Path.GetFileName(Path.GetDirectoryName(log)) == RunLog.FolderName).Order(StringComparer.Ordinal))
        {
            var entries = RunLog.Read(log);
            if (entries.FirstOrDefault(entry => entry.Event == RunEvent.Begin) is { Host: not null } begin) { folder._workers.Add(new Worker(begin, entries)); }
        }
        return folder;
    }

    /// <summary>What the logs say of where the rows are, each file once, the latest word on it.</summary>
    public IReadOnlyList<RunEntry> Jobs => _workers.SelectMany(worker => worker.Entries).Where(entry => entry is { Event: RunEvent.Rows, Jobs: not null })
        .GroupBy(entry => entry.Jobs!, PictureName.PathComparer).Select(group => group.MaxBy(entry => entry.At)!)
            .OrderBy(entry => entry.Prefix is not null).ToList();

    /// <summary>Takes stock.</summary>
    /// <param name="rows">The rows that are to be made; null where they are not known.</param>
    /// <param name="now">What time it is, by the clock of the folder.</param>
    public RunMeasurement Measure(IReadOnlyList<ExpectedRow>? rows, DateTime? now = null)
    {
        var failures = Failures();
        DateTime? begin = _workers.Count == 0 ? null : _workers.Min(worker => worker.Begin.At);
        var running = _workers.Where(worker => IsRunning(worker, now ?? FolderClock.Now(_path))).ToHashSet();
        var hosts = _workers.GroupBy(worker => worker.Begin.Host!).OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => new HostMeasurement
        {
            Host = group.Key,
            Processes = group.Select(worker => worker.Begin.Process).Distinct().Count(),
            Running = group.Count(running.Contains),
            Lost = group.Count(worker => !worker.HasEnded && !running.Contains(worker)),
            Pictures = group.Sum(worker => worker.Made),
            Errors = group.Sum(worker => worker.Entries.Count(entry => entry.Event == RunEvent.Failed)),
            PicturesPerMinute = Rate(group),
            Timeline = Timeline(group, begin!.Value),
        }).ToList();
        var measured = new RunMeasurement
        {
            Path = _path,
            Failed = failures.Where(failure => failure.Row is not null).Select(failure => failure.Row).Distinct().Count(),
            Pictures = _workers.SelectMany(worker => worker.Entries).Where(entry => entry.Event == RunEvent.Made).Select(entry => entry.File!)
                .Distinct(PictureName.PathComparer).Count(_files.Contains),
            Claimed = _claims.Count,
            Begin = begin,
            Last = _workers.Count == 0 ? null : _workers.Max(worker => worker.Last),
            PicturesPerMinute = Rate(_workers),
            Hosts = hosts,
            Failures = failures,
        };
        return rows is null ? measured : Of(measured, rows, running.Sum(worker => Rate([worker]) ?? 0));
    }

    private RunMeasurement Of(RunMeasurement measured, IReadOnlyList<ExpectedRow> rows, double pace)
    {
        var byRow = measured.Failures.Where(failure => failure.Row is not null).ToLookup(failure => (failure.Row, failure.Name));
        var byName = measured.Failures.Where(failure => failure is { Row: null, Name: not null }).ToLookup(failure => failure.Name!, PictureName.PathComparer);
        var failed = new List<RunFailure>();
        int done = 0, pictures = 0, missingPictures = 0;
        foreach (var row in rows)
        {
            string[] files = row.Problem is null ? [.. row.Files] : [];
            int there = files.Count(_files.Contains);
            pictures += there;
            if (row.Problem is null && there == files.Length) { done++; }
            else if (byRow[(row.Number, row.Name)].Concat(files.Where(file => !_files.Contains(file)).SelectMany(file => byName[file]))
                .MaxBy(failure => failure.At) is { } failure)
            {
                failed.Add(failure with { Row = row.Number, Name = row.Name });
            }
            else if (row.Problem is { } problem) { failed.Add(new RunFailure(row.Number, row.Name, null, null, problem.Id, problem.Message)); }
            else { missingPictures += files.Length - there; }
        }
        return measured with
        {
            Rows = rows.Count,
            Done = done,
            Failed = failed.Count,
            Missing = rows.Count - done - failed.Count,
            Pictures = pictures,
            Failures = [.. failed, .. measured.Failures.Where(failure => failure is { Row: null, Name: null })],
            TimeLeft = missingPictures == 0 ? TimeSpan.Zero : pace > 0 ? TimeSpan.FromMinutes(Math.Round(missingPictures / pace, 3)) : null,
        };
    }

    /// <summary>All errors, the last one of each row, picture and host.</summary>
    private List<RunFailure> Failures() => _workers
        .SelectMany(worker => worker.Entries.Where(entry => entry.Event == RunEvent.Failed)
            .Select(entry => new RunFailure(entry.Row, entry.Name ?? entry.File, worker.Begin.Host, entry.At, entry.Id ?? "", entry.Message ?? "")))
        .GroupBy(failure => failure is { Row: null, Name: null } ? (null, failure.Host) : (failure.Row, failure.Name))
        .Select(group => group.MaxBy(failure => failure.At)!).OrderBy(failure => failure.Row).ThenBy(failure => failure.At).ToList();

    private bool IsRunning(Worker worker, DateTime now)
    {
        if (worker.HasEnded) { return false; }
        if (_claims.Any(claim => claim.ProcessId == worker.Begin.Process && claim.Host.Split(' ')[0] == worker.Begin.Host)) { return true; }
        // Without a claim it may have ended with the computer, or be between two batches.
        return now - worker.Last < PictureClaim.UsualLimit && !(worker.Begin.Host == Environment.MachineName && !ClaimOwner.IsAlive(worker.Begin.Process ?? 0));
    }

    /// <summary>Pictures a minute of processes while any of them worked.</summary>
    private static double? Rate(IEnumerable<Worker> workers)
    {
        double minutes = 0;
        int made = 0;
        DateTime until = DateTime.MinValue;
        foreach (var worker in workers.OrderBy(worker => worker.Begin.At))
        {
            made += worker.Made;
            var from = worker.Begin.At > until ? worker.Begin.At : until;
            if (worker.Last > from) { minutes += (worker.Last - from).TotalMinutes; }
            until = worker.Last > until ? worker.Last : until;
        }
        return minutes > 0 ? made / minutes : null;
    }

    private static List<RunPoint> Timeline(IEnumerable<Worker> workers, DateTime begin)
    {
        var times = workers.SelectMany(worker => worker.Entries).Where(entry => entry.Event == RunEvent.Made)
            .Select(entry => (entry.At - begin).TotalMinutes).Order().ToList();
        int step = Math.Max(1, (times.Count + MostPoints - 1) / MostPoints);
        return times.Select((minute, i) => new RunPoint(Math.Round(minute, 4), i + 1)).Where((_, i) => (i + 1) % step == 0 || i == times.Count - 1).ToList();
    }
}
