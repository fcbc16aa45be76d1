using System.Runtime.CompilerServices;
using Mcdm.Evaluation;
using Mcdm.Experts;

namespace Mcdm.PowerShell.Hosting;

/// <summary>The judges that ship with the module, in a folder beside the models, and those in folders of the user's.</summary>
internal static class JudgeLibrary
{
    /// <summary>The judge of pictures whose model has none.</summary>
    private const string Default = "Faces";

    /// <summary>The judges that loaded models have had so far.</summary>
    private static readonly ConditionalWeakTable<Model, Judge> OwnJudges = [];

    /// <summary>Names and folders of the judges that ship with the module.</summary>
    public static IReadOnlyList<(string Name, string Path)> Available =>
        ModelLibrary.Packs(ModelLibrary.Folders.Select(models => Path.Combine(Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(models))!, "judges")),
            JudgePack.DescriptionFile).ToList();

    /// <summary>The judge of a model's pictures: the one that has the model's name, or that of one of the models it was joined from.</summary>
    /// <param name="model">What a recipe calls the model; empty where it is not known.</param>
    public static string For(string model) => Own(model) ?? Default;

    /// <summary>The same, but null where there is none.</summary>
    public static string? Own(string model)
    {
        string[] models = model.Split('+');
        return Available.Select(judge => judge.Name).FirstOrDefault(name => models.Contains(name, StringComparer.OrdinalIgnoreCase));
    }

    /// <summary>The judge of a loaded model's own pictures, where the model is; it stays until the model goes. Null where there is none.</summary>
    /// <exception cref="McdmException">It cannot be read.</exception>
    public static Judge? OwnOf(Model model)
    {
        lock (OwnJudges)
        {
            if (OwnJudges.TryGetValue(model, out var known)) { return known; }
            if (Own(model.Name) is not { } name) { return null; }
            var judge = Load(name, path => path, model.Device);
            model.DisposeAlong(judge);
            OwnJudges.Add(model, judge);
            return judge;
        }
    }

    /// <summary>Loads a judge; the caller owns it.</summary>
    /// <param name="judge">Name of one that ships with the module, or the path of a folder.</param>
    /// <param name="resolve">Turns a path of the session into a full one.</param>
    /// <param name="device">Where its network computes.</param>
    /// <exception cref="McdmException"><c>JudgeUnknown</c>, or the folder holds no whole judge.</exception>
    public static Judge Load(string judge, Func<string, string> resolve, TorchSharp.torch.Device device)
    {
        var available = Available;
        string? folder = available.FirstOrDefault(known => known.Name.Equals(judge, StringComparison.OrdinalIgnoreCase)).Path
            ?? (resolve(judge) is var path && Directory.Exists(path) ? path : null);
        return folder is null
            ? throw new McdmException("JudgeUnknown", ErrorKind.NotFound,
                $"No judge named '{judge}' ships with the module (there are: {string.Join(", ", available.Select(known => known.Name))}), and there is no "
                + "folder of that name; train one with Start-McdmTraining -Judge.")
            : JudgePack.Read(folder, device);
    }
}
