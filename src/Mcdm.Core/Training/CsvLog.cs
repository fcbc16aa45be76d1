using System.Globalization;
using System.Text;
using Mcdm.Files;

namespace Mcdm.Training;

/// <summary>
/// Lines of a CSV file for people to look at, perhaps in a program that lets nobody write to it meanwhile: a run does not depend on it. Lines wait
/// until the file is free; those that still wait at the end go to a file of their own.
/// </summary>
/// <param name="path">The file.</param>
/// <param name="header">Its first line.</param>
/// <param name="warn">Told, in a sentence each, where lines are.</param>
internal sealed class CsvLog(string path, string header, Action<string>? warn = null) : IDisposable
{
    private readonly StringBuilder _pending = new();

    /// <summary>What the file is to begin with instead of what it holds; null where it goes on.</summary>
    private string? _beginning;

    /// <summary>The file.</summary>
    public string Path => path;

    /// <summary>Writes the file anew.</summary>
    /// <param name="lines">The lines after the header that it begins with.</param>
    /// <exception cref="IOException">It cannot be written, for another reason than that a program has it open.</exception>
    public void Begin(IEnumerable<string> lines)
    {
        _beginning = string.Concat(lines.Prepend(header).Select(line => line + "\n"));
        try
        {
            AtomicFile.WriteText(path, _beginning);
            _beginning = null;
        }
        catch (FileInUseException)
        {
            warn?.Invoke($"Another program has '{path}' open; its lines are written as soon as that is closed.");
        }
    }

    /// <summary>Adds a line, which is written at the next <see cref="Flush"/>.</summary>
    public void Add(FormattableString line) => _pending.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');

    /// <summary>Writes what is pending; what cannot be waits for the next time.</summary>
    public void Flush() => TryFlush(TimeSpan.Zero);

    /// <summary>Writes what is pending, to the file, or where that cannot be written to one beside it.</summary>
    public void Dispose()
    {
        if (TryFlush(OpenElsewhere.UsualPatience)) { return; }
        string beside = FreeNameLike(path);
        try
        {
            AtomicFile.WriteText(beside, (_beginning ?? header + "\n") + _pending);
            warn?.Invoke($"'{path}' could not be written to the end; the lines that are missing there are in '{beside}'.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            warn?.Invoke($"The last lines of '{path}' could not be written: {e.Message}");
        }
    }

    /// <summary>The first name such as <c>loss-2.csv</c> that is free.</summary>
    public static string FreeNameLike(string path) => Enumerable.Range(2, int.MaxValue - 2).Select(number => System.IO.Path.Combine(
        System.IO.Path.GetDirectoryName(path)!, $"{System.IO.Path.GetFileNameWithoutExtension(path)}-{number}{System.IO.Path.GetExtension(path)}"))
        .First(name => !System.IO.Path.Exists(name));

    private bool TryFlush(TimeSpan patience)
    {
        if (_beginning is null && _pending.Length == 0) { return true; }
        try
        {
            if (_beginning is not null) { AtomicFile.WriteText(path, _beginning + _pending, patience); }
            else
            {
                string first = File.Exists(path) ? "" : header + "\n";
                OpenElsewhere.Try(path, () => FileLayer.Current.Append(path, first + _pending), patience);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // If the folder is at fault, the checkpoint that is written next fails by the same reason.
        }
        _beginning = null;
        _pending.Clear();
        return true;
    }
}
