using Mcdm.Experts;
using Mcdm.Families;
using Mcdm.Layers.Frozen;
using static TorchSharp.torch;

namespace Mcdm.Registries;

/// <summary>Reads models wherever they come from: Mcdm's own folders, and those of others.</summary>
public static class ModelReader
{
    /// <summary>Reads one model of all that is named.</summary>
    /// <param name="paths">
    /// Folders and files, at least one: models, whose experts are joined or, over a bridge, act in the first one's space, and ControlNets, which go
    /// with the first Stable Diffusion model that they fit.
    /// </param>
    /// <param name="options">What the user says of them.</param>
    /// <param name="device">Where its networks compute.</param>
    /// <param name="precision">The arithmetic they compute in.</param>
    /// <exception cref="McdmException">A path holds no model, something is missing or does not fit.</exception>
    public static Model Read(IReadOnlyList<string> paths, ImportOptions options, Device device, ScalarType precision)
    {
        if (paths.GroupBy(path => Path.TrimEndingDirectorySeparator(Path.GetFullPath(path))).FirstOrDefault(group => group.Count() > 1) is { Key: { } twice })
        {
            throw new McdmException("ModelTwice", ErrorKind.InvalidArgument, $"'{twice}' is named twice; name each model and each of its parts once.");
        }
        var found = paths.Select(ModelFamilies.Find).ToList();
        Runtime.Engine.Start();
        if (options.Loras.Count > 0 && found.Find(one => !one.Family.TakesLoras) is { Source: { } other })
        {
            throw new McdmException("LoraNeedsBase", ErrorKind.InvalidArgument,
                $"A LoRA changes the U-Net of a Stable Diffusion model, and '{other.Path}' is not one.");
        }
        if ((options.Embeddings.Count > 0 || options.ClipSkip is not (null or 1)) && found.TrueForAll(one => !one.Family.TakesLoras))
        {
            throw new McdmException("PromptsNeedBase", ErrorKind.InvalidArgument,
                $"{(options.Embeddings.Count > 0 ? "An embedding" : "Clip skip")} is for the text encoder of a Stable Diffusion model, and "
                    + $"'{found[0].Source.Path}' is not one.");
        }
        if (options.Storage != WeightStorage.Computed && found.Find(one => !one.Family.TakesStorage) is { Source: { } small })
        {
            throw new McdmException("StorageNotOfModel", ErrorKind.InvalidArgument,
                $"-Storage {options.Storage} is for models that others trained; '{small.Path}' is one of Mcdm's own, which is small and laid out for speed. "
                    + "-Precision BFloat16 halves it.");
        }
        if (options.Offload && found.TrueForAll(one => !one.Family.TakesOffload))
        {
            throw new McdmException("OffloadNotOfModel", ErrorKind.InvalidArgument,
                $"-Offload takes the encoders of a Stable Diffusion model out of memory between runs; '{found[0].Source.Path}' has none that could leave it.");
        }
        var models = new List<Model>();
        try
        {
            foreach (var family in found.GroupBy(one => one.Family, one => one.Source))
            {
                models.AddRange(family.Key.Read(family.ToList(), options, device, precision));
            }
            return options.Bridge ? ModelBridge.Build(models) : models.Count == 1 ? models[0] : Model.Join(models);
        }
        catch
        {
            models.ForEach(model => model.Dispose());
            throw;
        }
    }

    /// <summary>Tells one state of a model from another: changes where a file that it is read from does.</summary>
    public static string Stamp(string path) => ModelFamilies.OwnerOf(path)?.Stamp(path) ?? ModelFamily.StampOf(path);
}
