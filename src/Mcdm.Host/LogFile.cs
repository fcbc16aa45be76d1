using System.Globalization;

namespace Mcdm.Host;

/// <summary>What a run says, appended to a file with the time and the kind of each line: for jobs that nobody watches.</summary>
internal sealed class LogFile : IDisposable
{
    private readonly StreamWriter _file;
    private string _unfinished = "";

    /// <param name="path">The file; its folder exists.</param>
    /// <exception cref="UsageException">It cannot be written to.</exception>
    public LogFile(string path)
    {
        try
        {
            // Two runs at once may share a log: each line is written in one piece at the file's end.
            _file = new StreamWriter(new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite)) { AutoFlush = true };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"The log '{path}' cannot be written: {e.Message}");
        }
    }

    /// <summary>Appends a message, a line of the file for each of its lines.</summary>
    /// <param name="kind">OUTPUT, ERROR, WARNING, VERBOSE, DEBUG, or RUN for the run itself.</param>
    /// <param name="message">The message, without escape sequences.</param>
    public void Add(string kind, string message)
    {
        string time = DateTimeOffset.Now.ToString("yyyy-MM-dd HH:mm:sszzz", CultureInfo.InvariantCulture);
        foreach (string line in message.ReplaceLineEndings("\n").Split('\n').Where(line => line.Length > 0)) { _file.Write($"{time} {kind,-7} {line}{Environment.NewLine}"); }
    }

    /// <summary>Appends output, which comes in pieces: a line as soon as it is whole.</summary>
    public void AddOutput(string piece)
    {
        _unfinished += piece;
        int end = _unfinished.LastIndexOf('\n') + 1;
        Add("OUTPUT", _unfinished[..end]);
        _unfinished = _unfinished[end..];
    }

    public void Dispose()
    {
        Add("OUTPUT", _unfinished);
        _file.Dispose();
    }
}
