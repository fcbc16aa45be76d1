using Mcdm.Evaluation;

namespace Mcdm.PowerShell.Hosting;

/// <summary>The judges of a command, each loaded once.</summary>
/// <param name="resolve">Turns a path of the session into a full one.</param>
/// <param name="device">Where their networks compute.</param>
internal sealed class LoadedJudges(Func<string, string> resolve, TorchSharp.torch.Device device) : IDisposable
{
    private readonly Dictionary<string, Judge> _judges = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, string> _names = [];

    /// <summary>The judge of a name or folder.</summary>
    /// <exception cref="McdmException"><c>JudgeUnknown</c>, or the folder holds no whole judge.</exception>
    public Judge Load(string name) => _judges.TryGetValue(name, out var judge) ? judge : _judges[name] = JudgeLibrary.Load(name, resolve, device);

    /// <summary>The judge of a model's pictures.</summary>
    /// <param name="model">What a recipe calls the model; empty where it is not known.</param>
    /// <exception cref="McdmException">It cannot be read.</exception>
    public Judge LoadFor(string model)
    {
        if (!_names.TryGetValue(model, out string? name)) { name = _names[model] = JudgeLibrary.For(model); }
        return Load(name);
    }

    /// <summary>Disposes all of them.</summary>
    public void Dispose()
    {
        foreach (var judge in _judges.Values) { judge.Dispose(); }
    }
}
