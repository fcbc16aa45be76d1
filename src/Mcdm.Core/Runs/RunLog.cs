using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Mcdm.Files;
using Mcdm.Json;
using Mcdm.Sampling;

namespace Mcdm.Runs;

/// <summary>
/// What one process has done for a folder of pictures, a JSON line for each picture and each error, in a file of its own in a hidden folder beside them: no two
/// processes write to one file. Nothing is written before there is something to tell, and a log that cannot be written stops no work.
/// </summary>
public sealed class RunLog : IDisposable
{
    /// <summary>Name of the folder of logs.</summary>
    public const string FolderName = ".mcdm-run";

    /// <summary>What logs end with.</summary>
    public const string Extension = ".jsonl";

    private static readonly JsonSerializerOptions s_options = new(ModelJson.Options) { WriteIndented = false };

    private static readonly ConcurrentDictionary<RunLog, string> s_open = new();

    private static readonly TimeSpan s_someoneLooks = TimeSpan.FromSeconds(1);

    private readonly string _folder, _existing, _model;
    private readonly DateTime _begin;
    private readonly List<RunEntry> _rows = [];
    private FileStream? _file;
    private bool _isBroken;

    private RunLog(string folder, string existing, string model)
    {
        (_folder, _existing, _model) = (folder, existing, model);
        _begin = Now;
    }

    /// <summary>Begins a log.</summary>
    /// <param name="folder">The folder of pictures; it need not exist.</param>
    /// <param name="model">Name of the model.</param>
    public static RunLog Open(string folder, string model)
    {
        string existing = folder;
        while (!Directory.Exists(existing) && Path.GetDirectoryName(existing) is { Length: > 0 } parent) { existing = parent; }
        var log = new RunLog(folder, existing, model);
        s_open[log] = folder;
        return log;
    }

    /// <summary>A log of this process that is open for a folder; null where there is none.</summary>
    public static RunLog? In(string folder) => s_open.FirstOrDefault(open => PictureName.PathComparer.Equals(open.Value, folder)).Key;

    /// <summary>Reads a log; lines that are not whole are passed over.</summary>
    /// <param name="file">The file.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static IReadOnlyList<RunEntry> Read(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        var entries = new List<RunEntry>();
        while (reader.ReadLine() is { } line)
        {
            try
            {
                if (JsonSerializer.Deserialize<RunEntry>(line, s_options) is { } entry) { entries.Add(entry); }
            }
            catch (JsonException)
            {
                // Being written, or its process was killed while it was.
            }
        }
        return entries;
    }

    /// <summary>Says that rows of a file follow.</summary>
    /// <param name="jobs">The file, as a full path.</param>
    /// <param name="prefix">What the names of its rows without a name begin with.</param>
    /// <param name="name">The name of all rows, where one was given for all.</param>
    /// <param name="seed">The first seed of all rows, likewise.</param>
    /// <param name="count">The pictures of all rows, likewise.</param>
    public void HasRows(string jobs, string prefix, string? name, long? seed, int? count)
    {
        lock (_rows)
        {
            if (_rows.Any(entry => entry.Jobs == jobs)) { return; }
            _rows.Add(new RunEntry { Event = RunEvent.Rows, At = _begin, Jobs = jobs, Prefix = prefix.Length == 0 ? null : prefix, Name = name, Seed = seed,
                Count = count });
            if (_file is not null) { Write(_rows[^1]); }
        }
    }

    /// <summary>Says that a picture is saved.</summary>
    /// <param name="file">Its file.</param>
    /// <param name="image">The picture.</param>
    public void Made(string file, McdmImage image) => Tell(new RunEntry
    {
        Event = RunEvent.Made,
        At = Now,
        File = Path.GetFileName(file),
        Seconds = image.Seconds,
        Followed = image.Followed.OrNull(),
        NotFollowed = image.NotFollowed.OrNull(),
    });

    /// <summary>Says that a row failed, or all that this process was to do.</summary>
    /// <param name="row">The row's number, from 1; null where all failed.</param>
    /// <param name="name">Its name, where it has one.</param>
    /// <param name="id">The error's id.</param>
    /// <param name="message">Its message.</param>
    public void Failed(int? row, string? name, string id, string message) =>
        Tell(new RunEntry { Event = RunEvent.Failed, At = Now, Row = row, Name = name.OrNull(), Id = id, Message = message });

    /// <summary>Says that a picture could not be saved.</summary>
    /// <param name="file">Its file.</param>
    /// <param name="id">The error's id.</param>
    /// <param name="message">Its message.</param>
    public void Unsaved(string file, string id, string message) =>
        Tell(new RunEntry { Event = RunEvent.Failed, At = Now, File = Path.GetFileName(file), Id = id, Message = message });

    /// <summary>Ends the log.</summary>
    public void Dispose()
    {
        if (!s_open.TryRemove(this, out _)) { return; }
        lock (_rows)
        {
            if (_file is null) { return; }
            Write(new RunEntry { Event = RunEvent.End, At = Now });
            _file?.Dispose();
            _file = null;
        }
    }

    private DateTime Now
    {
        get
        {
            try
            {
                return FolderClock.Now(Directory.Exists(_folder) ? _folder : _existing);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return DateTime.UtcNow; // it takes no line either
            }
        }
    }

    private void Tell(RunEntry entry)
    {
        lock (_rows)
        {
            if (_file is null && !_isBroken)
            {
                Begin();
                foreach (var rows in _rows) { Write(rows); }
            }
            Write(entry);
        }
    }

    private void Begin()
    {
        var owner = ClaimOwner.This;
        string name = string.Create(CultureInfo.InvariantCulture, $"{PictureName.Safe(Environment.MachineName)}-{owner.ProcessId}-{_begin:yyyyMMddTHHmmssfff}");
        Guard(() =>
        {
            string folder = Directory.CreateDirectory(Path.Combine(_folder, FolderName)).FullName;
            // Runspaces of one process may begin at once.
            for (int i = 1; _file is null; i++)
            {
                string file = Path.Combine(folder, (i == 1 ? name : $"{name}-{i}") + Extension);
                try
                {
                    _file = new FileStream(file, FileMode.CreateNew, FileAccess.Write, FileShare.Read | FileShare.Delete, bufferSize: 1);
                }
                catch (IOException e) when (AtomicFile.SaysExists(e))
                {
                    // Another's; it stays.
                }
            }
        });
        Write(new RunEntry { Event = RunEvent.Begin, At = _begin, Host = Environment.MachineName, Process = owner.ProcessId, Model = _model });
    }

    private void Write(RunEntry entry)
    {
        if (_isBroken) { return; }
        byte[] line = Encoding.UTF8.GetBytes(JsonSerializer.Serialize(entry, s_options) + "\n");
        Guard(() => OpenElsewhere.Try(_folder, () => FileLayer.Current.Write(_file!, line), s_someoneLooks));
    }

    /// <summary>A full disk is told by the pictures that cannot be saved; accounts are not what stops work.</summary>
    private void Guard(Action write)
    {
        try
        {
            write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _isBroken = true;
            _file?.Dispose();
            _file = null;
        }
    }
}
