using System.Globalization;
using System.Text;

namespace Mcdm.Training;

/// <summary>
/// The loss of every step as CSV, kept in step with the checkpoint it will be resumed from: lines are appended when one is
/// about to be written, so that whatever ends the process, those before the last checkpoint are whole.
/// </summary>
internal sealed class LossLog : IDisposable
{
    private const string Header = "step,loss,gradient_norm,learning_rate,seconds";
    private readonly string _path;
    private readonly StringBuilder _pending = new();

    /// <param name="path">The file.</param>
    /// <param name="step">Steps done: lines of later steps are dropped.</param>
    public LossLog(string path, int step)
    {
        _path = path;
        string[] kept = step > 0 && File.Exists(path) ? File.ReadLines(path).Skip(1).Take(step).ToArray() : [];
        AtomicFile.WriteText(path, string.Concat(kept.Prepend(Header).Select(line => line + "\n")));
        Losses = kept.Select(line => double.Parse(line.Split(',')[1], CultureInfo.InvariantCulture)).ToArray();
    }

    /// <summary>The losses of the steps that were done before.</summary>
    public IReadOnlyList<double> Losses { get; }

    public void Write(int step, double loss, double gradientNorm, double learningRate, double seconds) =>
        _pending.Append(CultureInfo.InvariantCulture, $"{step},{loss:g6},{gradientNorm:g4},{learningRate:g4},{seconds:f1}\n");

    public void Flush()
    {
        if (_pending.Length == 0) { return; }
        File.AppendAllText(_path, _pending.ToString());
        _pending.Clear();
    }

    public void Dispose()
    {
        try
        {
            Flush();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The run has ended, by success or by another failure; lines since the last checkpoint are no loss.
        }
    }
}
