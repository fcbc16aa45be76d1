using System.Globalization;
using System.Text;
using Mcdm.Files;

namespace Mcdm.Training;

/// <summary>
/// The loss of every step as CSV, for people to look at: a run does not depend on it. Lines are appended once a minute and when a checkpoint is about to be
/// written, so that whatever ends the process, those before the last checkpoint are whole; later ones are dropped when the run is resumed. A file that
/// holds other lines, because another program saved it, is kept under another name.
/// </summary>
internal sealed class LossLog : IDisposable
{
    private const string Header = "step,loss,gradient_norm,learning_rate,seconds";
    private const int Fields = 5;
    private readonly string _path;
    private readonly StringBuilder _pending = new();

    /// <param name="path">The file.</param>
    /// <param name="step">Steps done: lines of later steps are dropped.</param>
    public LossLog(string path, int step)
    {
        string[] lines = step > 0 && File.Exists(path) ? File.ReadAllLines(path) : [];
        var kept = new List<string>();
        var losses = new List<double>();
        bool isOwn = lines is [Header, ..] or [];
        for (int i = 1; i < lines.Length && kept.Count < step; i++)
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
        if (!isOwn) { File.Move(path, KeptName(path)); }
        AtomicFile.WriteText(path, string.Concat(kept.Prepend(Header).Select(line => line + "\n")));
        (_path, Losses) = (path, losses);
    }

    /// <summary>The losses of the steps that were done before, as far as the file tells.</summary>
    public IReadOnlyList<double> Losses { get; }

    public void Write(int step, double loss, double gradientNorm, double learningRate, double seconds) =>
        _pending.Append(CultureInfo.InvariantCulture, $"{step},{loss:g6},{gradientNorm:g4},{learningRate:g4},{seconds:f1}\n");

    /// <summary>Appends what is pending; what cannot be, because another program has the file open, waits for the next time.</summary>
    public void Flush()
    {
        if (_pending.Length == 0) { return; }
        try
        {
            File.AppendAllText(_path, _pending.ToString());
            _pending.Clear();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The checkpoint that is written next fails by the same reason, if the folder is at fault.
        }
    }

    public void Dispose() => Flush();

    private static (int Step, double Loss)? Parsed(string line) =>
        line.Split(',') is { Length: Fields } fields && int.TryParse(fields[0], NumberStyles.None, CultureInfo.InvariantCulture, out int step)
        && fields[1..].All(field => double.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out _))
            ? (step, double.Parse(fields[1], CultureInfo.InvariantCulture)) : null;

    /// <summary>The first name such as <c>loss-2.csv</c> that is free.</summary>
    private static string KeptName(string path) => Enumerable.Range(2, int.MaxValue - 2)
        .Select(number => Path.Combine(Path.GetDirectoryName(path)!, $"{Path.GetFileNameWithoutExtension(path)}-{number}{Path.GetExtension(path)}"))
            .First(name => !Path.Exists(name));
}
