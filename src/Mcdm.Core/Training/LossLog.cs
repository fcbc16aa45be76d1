using System.Globalization;
using Mcdm.Files;

namespace Mcdm.Training;

/// <summary>
/// The loss of every step as CSV, for people to look at: a run does not depend on it. Lines are appended once a minute and when a checkpoint is about to be
/// written, so that whatever ends the process, those before the last checkpoint are whole; later ones are dropped when the run is resumed. A file that
/// holds other lines, because another program saved it, is kept under another name, as is one that nobody may read or move meanwhile.
/// </summary>
internal sealed class LossLog : IDisposable
{
    private const string Header = "step,loss,gradient_norm,learning_rate,seconds";
    private const int Fields = 5;
    private readonly CsvLog _log;

    /// <param name="path">The file.</param>
    /// <param name="step">Steps done: lines of later steps are dropped.</param>
    /// <param name="warn">Told, in a sentence each, where lines are that could not be written.</param>
    public LossLog(string path, int step, Action<string>? warn = null)
    {
        var lines = step > 0 && File.Exists(path) ? LinesOf(path) : [];
        var kept = new List<string>();
        var losses = new List<double>();
        bool isOwn = lines is [Header, ..] or [];
        for (int i = 1; i < lines?.Count && kept.Count < step; i++)
        {
            if (Parsed(lines[i]) is { } line && line.Step == kept.Count + 1)
            {
                kept.Add(lines[i]);
                losses.Add(line.Loss);
            }
            else
            {
                isOwn = false;
            }
        }
        if (lines is null || (!isOwn && !IsMoved(path, CsvLog.FreeNameLike(path))))
        {
            string other = CsvLog.FreeNameLike(path);
            warn?.Invoke($"Another program has '{path}' open, which cannot be {(lines is null ? "read" : "kept under another name")} meanwhile: losses go "
                + $"to '{other}'.");
            path = other;
        }
        _log = new CsvLog(path, Header, warn);
        _log.Begin(kept);
        Losses = losses;
    }

    /// <summary>The losses of the steps that were done before, as far as the file tells.</summary>
    public IReadOnlyList<double> Losses { get; }

    public void Write(int step, double loss, double gradientNorm, double learningRate, double seconds) =>
        _log.Add($"{step},{loss:g6},{gradientNorm:g4},{learningRate:g4},{seconds:f1}");

    /// <inheritdoc cref="CsvLog.Flush"/>
    public void Flush() => _log.Flush();

    public void Dispose() => _log.Dispose();

    private static (int Step, double Loss)? Parsed(string line) =>
        line.Split(',') is { Length: Fields } fields && int.TryParse(fields[0], NumberStyles.None, CultureInfo.InvariantCulture, out int step)
        && fields[1..].All(field => double.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out _))
            ? (step, double.Parse(fields[1], CultureInfo.InvariantCulture)) : null;

    /// <summary>The lines of a file; null where another program lets nobody read it.</summary>
    private static List<string>? LinesOf(string path)
    {
        List<string> lines = [];
        try
        {
            OpenElsewhere.Try(path, () =>
            {
                using var reader = new StreamReader(FileLayer.Current.OpenRead(path));
                while (reader.ReadLine() is { } line) { lines.Add(line); }
            });
            return lines;
        }
        catch (FileInUseException)
        {
            return null;
        }
    }

    private static bool IsMoved(string path, string to)
    {
        try
        {
            OpenElsewhere.Try(path, () => FileLayer.Current.Move(path, to, overwrite: false));
            return true;
        }
        catch (FileInUseException)
        {
            return false;
        }
    }
}
