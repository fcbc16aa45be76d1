using Mcdm.Experts;
using Mcdm.Weights;
using static TorchSharp.torch;

namespace Mcdm.Families;

/// <summary>
/// A family of models: what its files look like, and how they become experts. All that is particular to it lies in its folder; one line in
/// the registry makes it known.
/// </summary>
internal interface IModelFamily
{
    /// <summary>Classes of pipelines (<c>model_index.json</c>) that it reads, and what kind of model or part each is.</summary>
    IReadOnlyDictionary<string, string> PipelineClasses => ModelFamily.NoClasses;

    /// <summary>Classes of networks (<c>config.json</c>) that it reads, and what kind of model or part each is.</summary>
    IReadOnlyDictionary<string, string> NetworkClasses => ModelFamily.NoClasses;

    /// <summary>Names of published models, for weights that do not show all of their network.</summary>
    IReadOnlyCollection<string> Presets => [];

    /// <summary>Whether LoRAs may change its networks, and embeddings and clip skip how they read prompts.</summary>
    bool TakesLoras => false;

    /// <summary>Whether its networks' weights may lie in memory in fewer bits than they are computed with.</summary>
    bool TakesStorage => true;

    /// <summary>Whether its models have encoders of text or pictures that may leave memory between runs.</summary>
    bool TakesOffload => false;

    /// <summary>The kind of model that a folder is by files of the family's own; null for none.</summary>
    string? KindOfFolder(string folder) => null;

    /// <summary>The kind of model or part that a file of some tensors is; null for another family's.</summary>
    string? KindOfTensors(IReadOnlySet<string> names) => null;

    /// <summary>Why a file of some tensors of the family's is no model, as a clause that follows its path; null where it is none of the family's.</summary>
    string? ObstacleOfTensors(IReadOnlySet<string> names) => null;

    /// <summary>Why a network's class of the family's is no model, as a clause that follows its path; null where it is none of the family's.</summary>
    string? ObstacleOfClass(string className) => null;

    /// <summary>Why a pipeline of a class that no family knows is no model, as a clause that follows its path; null where it is none of the family's.</summary>
    string? ObstacleOfPipeline(string folder) => null;

    /// <summary>The networks that a path holds, found out without reading their weights.</summary>
    IEnumerable<ModelFilesPart> Describe(ModelSource source);

    /// <summary>What a file of the family's holds that changes a model and is none; null for another.</summary>
    AdapterDescription? DescribeAdapter(IWeights weights) => null;

    /// <summary>Opens such a file where it is laid out as no network's file is; null for another. The caller closes it.</summary>
    IWeights? OpenAdapter(string path) => null;

    /// <summary>Tells one state of a model from another: changes where a file that it is read from does.</summary>
    string Stamp(string path) => ModelFamily.StampOf(path);

    /// <summary>Reads all sources of the family that are imported together, in their order.</summary>
    /// <exception cref="McdmException">A part is missing, is left over or does not fit.</exception>
    IReadOnlyList<Model> Read(IReadOnlyList<ModelSource> sources, ImportOptions options, Device device, ScalarType precision);
}

/// <summary>What families have in common unless they say otherwise.</summary>
internal static class ModelFamily
{
    /// <summary>No class.</summary>
    public static IReadOnlyDictionary<string, string> NoClasses { get; } = new Dictionary<string, string>();

    /// <summary>Length and time of every file at a path.</summary>
    public static string StampOf(string path)
    {
        IEnumerable<FileInfo> files = Directory.Exists(path) ? new DirectoryInfo(path).EnumerateFiles("*", SearchOption.AllDirectories) : [new FileInfo(path)];
        return string.Join('\n', files.Where(file => file.Exists).OrderBy(file => file.FullName, StringComparer.Ordinal)
            .Select(file => $"{file.FullName}|{file.Length}|{file.LastWriteTimeUtc.Ticks}"));
    }

    /// <summary>Reads sources one by one; where one fails, those before it are disposed.</summary>
    public static IReadOnlyList<Model> ReadEach<T>(IReadOnlyList<T> sources, Func<T, Model> read)
    {
        var models = new List<Model>();
        try
        {
            foreach (var source in sources) { models.Add(read(source)); }
            return models;
        }
        catch
        {
            models.ForEach(model => model.Dispose());
            throw;
        }
    }
}
