using Mcdm.Experts;
using Mcdm.Formats;

namespace Mcdm.PowerShell;

/// <summary>A model pack that ships with the module and can be imported by name.</summary>
/// <param name="Name">What to give Import-McdmModel.</param>
/// <param name="Path">Its folder.</param>
/// <param name="Size">Bytes of all its files.</param>
public sealed record AvailableModel(string Name, string Path, long Size)
{
    /// <inheritdoc/>
    public override string ToString() => Name;
}

/// <summary>The models of this process: those that ship with the module, and those that are loaded.</summary>
internal static class ModelLibrary
{
    private static readonly List<Model> LoadedModels = [];

    /// <summary>The folder of the embedded packs, beside the one that this assembly is in.</summary>
    private static string Folder => Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(typeof(ModelLibrary).Assembly.Location))!, "models");

    /// <summary>The embedded packs, by name.</summary>
    public static IReadOnlyList<AvailableModel> Available => !Directory.Exists(Folder) ? [] : Directory.EnumerateDirectories(Folder)
        .Where(folder => File.Exists(Path.Combine(folder, ModelPack.DescriptionFile)))
        .Select(folder => new AvailableModel(Path.GetFileName(folder), folder, new DirectoryInfo(folder).EnumerateFiles().Sum(file => file.Length)))
        .OrderBy(model => model.Name, StringComparer.OrdinalIgnoreCase).ToList();

    /// <summary>The models loaded in this process, in the order they were loaded.</summary>
    public static IReadOnlyList<Model> Loaded
    {
        get
        {
            lock (LoadedModels)
            {
                LoadedModels.RemoveAll(model => model.IsDisposed);
                return LoadedModels.ToArray();
            }
        }
    }

    /// <summary>Remembers a model under its name.</summary>
    public static void Add(Model model)
    {
        lock (LoadedModels) { LoadedModels.Add(model); }
    }

    /// <summary>The model loaded last under a name; null where there is none.</summary>
    public static Model? FindLoaded(string name) => Loaded.LastOrDefault(model => model.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
}
