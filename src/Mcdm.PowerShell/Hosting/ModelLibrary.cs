using System.Runtime.CompilerServices;
using Mcdm.Experts;
using Mcdm.Families;
using Mcdm.Families.Own.Files;
using Mcdm.Registries;
using Mcdm.Runtime;
using Mcdm.Sampling;
using static TorchSharp.torch;

namespace Mcdm.PowerShell.Hosting;

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
    private static readonly object Loading = new();
    private static readonly List<Model> LoadedModels = [];

    /// <summary>What a loaded model was read from: folders, device, arithmetic and the descriptions' hashes.</summary>
    private static readonly ConditionalWeakTable<Model, object> Sources = [];

    /// <summary>
    /// Folders of packs that have names, with a separator as in PATH between them; a name in them goes before one that ships with the module.
    /// </summary>
    private const string FoldersVariable = "MCDM_MODELS";

    /// <summary>Where packs with names lie: the user's folders, and the one beside this assembly's.</summary>
    public static IReadOnlyList<string> Folders =>
    [
        .. (Environment.GetEnvironmentVariable(FoldersVariable) ?? "").Split(Path.PathSeparator,
            StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
        Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(typeof(ModelLibrary).Assembly.Location))!, "models"),
    ];

    /// <summary>The packs that have names.</summary>
    public static IReadOnlyList<AvailableModel> Available => Packs(Folders, ModelPack.DescriptionFile)
        .Select(pack => new AvailableModel(pack.Name, pack.Path, new DirectoryInfo(pack.Path).EnumerateFiles().Sum(file => file.Length))).ToList();

    /// <summary>The first pack of each name in some folders.</summary>
    /// <param name="folders">The folders; those that are not there are passed over.</param>
    /// <param name="descriptionFile">What a pack is known by.</param>
    public static IEnumerable<(string Name, string Path)> Packs(IEnumerable<string> folders, string descriptionFile) => folders
        .Where(Directory.Exists).SelectMany(Directory.EnumerateDirectories)
        .Where(folder => File.Exists(Path.Combine(folder, descriptionFile)))
        .Select(folder => (Name: Path.GetFileName(folder), folder))
        .DistinctBy(pack => pack.Name, StringComparer.OrdinalIgnoreCase).OrderBy(pack => pack.Name, StringComparer.OrdinalIgnoreCase);

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

    /// <summary>Loads a model, or several as one model, or gives what was loaded from the same paths before and has not changed since.</summary>
    /// <param name="paths">The folders and files, at least one.</param>
    /// <param name="options">What the user says of them.</param>
    /// <param name="device">Where its networks compute.</param>
    /// <param name="precision">The arithmetic they compute in.</param>
    /// <param name="anew">Load it again although it is loaded; models loaded before stay as they are.</param>
    /// <returns>The model, and whether it was read just now.</returns>
    public static (Model Model, bool Read) Load(IReadOnlyList<string> paths, ImportOptions options, ComputeDevice device, ScalarType precision, bool anew)
    {
        var key = (string.Join('\n', paths.Select(Path.TrimEndingDirectorySeparator)), device.Name, precision, options.Key,
            string.Join('\n', paths.Concat(options.Files).Select(ModelReader.Stamp)));
        lock (Loading)
        {
            if (!anew && Loaded.LastOrDefault(model => Sources.TryGetValue(model, out var source) && source.Equals(key)) is { } before)
            {
                return (before, false);
            }
            var model = ModelReader.Read(paths, options, device.ToTorch(), precision);
            Sources.Add(model, key);
            lock (LoadedModels) { LoadedModels.Add(model); }
            return (model, true);
        }
    }

    /// <summary>The folder of a model that ships with the module; null where none has the name.</summary>
    public static string? FolderOf(string name) => Available.FirstOrDefault(model => model.Name.Equals(name, StringComparison.OrdinalIgnoreCase))?.Path;

    /// <summary>The model loaded last under a name; null where there is none.</summary>
    public static Model? FindLoaded(string name) => Loaded.LastOrDefault(model => model.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>The model that is meant where none is named: the only one loaded.</summary>
    /// <param name="wanted">The name that a recipe asks for; null for any.</param>
    /// <param name="isBridged">Whether the recipe's model is one of several spaces.</param>
    /// <exception cref="McdmException"><c>ModelRequired</c>: there is none, or there are several.</exception>
    public static Model Only(string? wanted = null, bool isBridged = false)
    {
        var loaded = Loaded;
        var fitting = wanted is null ? loaded : loaded.Where(model => model.Name == wanted).ToList();
        return fitting.Count switch
        {
            0 when wanted is not null =>
                throw new McdmException("ModelRequired", ErrorKind.InvalidArgument,
                $"The recipe asks for model '{wanted}', which is not loaded; import it first: Import-McdmModel "
                + $"{wanted.Replace("+", ", ", StringComparison.Ordinal)}{(isBridged ? " -Bridge" : wanted.Contains('+') ? " -Join" : "")}."),
            0 => throw new McdmException("ModelRequired", ErrorKind.InvalidArgument, "No model is loaded; import one first, such as Import-McdmModel Faces."),
            1 => fitting[0],
            _ => throw new McdmException("ModelRequired", ErrorKind.InvalidArgument,
                $"Several models are loaded ({string.Join(", ", fitting)}); say which with -Model."),
        };
    }

    /// <summary>The model to make a recipe's picture again with.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="given">The model that the user names; null for the loaded one that the recipe names.</param>
    /// <param name="warn">Told where the picture will differ.</param>
    /// <exception cref="McdmException"><c>ModelRequired</c>, <c>RecipeSpace</c>.</exception>
    public static Model For(Recipe recipe, Model? given, Action<string> warn)
    {
        var model = given ?? Only(recipe.Model, recipe.Bridge is not null);
        recipe.CheckFits(model, warn);
        return model;
    }
}
