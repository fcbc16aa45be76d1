using System.Globalization;

namespace Mcdm.Training;

/// <summary>The loss of every step as CSV, kept in step with the checkpoint it will be resumed from.</summary>
internal sealed class LossLog : IDisposable
{
    private readonly StreamWriter _writer;

    /// <param name="path">The file.</param>
    /// <param name="step">Steps done: lines of later steps are dropped.</param>
    public LossLog(string path, int step)
    {
        string[] kept = step > 0 && File.Exists(path) ? File.ReadLines(path).Take(step + 1).ToArray() : [];
        _writer = new StreamWriter(path, append: false);
        if (kept.Length == 0) { _writer.WriteLine("step,loss,gradient_norm,learning_rate,seconds"); }
        foreach (string line in kept) { _writer.WriteLine(line); }
        Losses = kept.Skip(1).Select(line => double.Parse(line.Split(',')[1], CultureInfo.InvariantCulture)).ToArray();
    }

    /// <summary>The losses of the steps that were done before.</summary>
    public IReadOnlyList<double> Losses { get; }

    public void Write(int step, double loss, double gradientNorm, double learningRate, double seconds) =>
        _writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{step},{loss:g6},{gradientNorm:g4},{learningRate:g4},{seconds:f1}"));

    public void Flush() => _writer.Flush();

    public void Dispose() => _writer.Dispose();
}
