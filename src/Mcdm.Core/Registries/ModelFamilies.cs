using Mcdm.Families;
using Mcdm.Families.Adm;
using Mcdm.Families.Own;
using Mcdm.Families.PixelDdpm;
using Mcdm.Families.Shared;
using Mcdm.Families.StableDiffusion;
using Mcdm.Weights;
using Mcdm.Weights.Reading;

namespace Mcdm.Registries;

/// <summary>The families of models that Import-McdmModel reads.</summary>
public static class ModelFamilies
{
    /// <summary>All of them; a path is asked about in this order.</summary>
    private static readonly IModelFamily[] s_all = [new StableDiffusionFamily(), new PixelDdpmFamily(), new AdmFamily(), new OwnFamily()];

    /// <summary>Names of published models that a user may give for weights that do not show all of their network.</summary>
    public static IReadOnlyCollection<string> Presets => s_all.SelectMany(family => family.Presets).ToList();

    /// <summary>Finds out what a path holds, and whose it is.</summary>
    /// <exception cref="McdmException"><c>ModelNotFound</c>, <c>ModelKindUnknown</c> or <c>ModelFamily</c> (known, but not one that is run).</exception>
    internal static (IModelFamily Family, ModelSource Source) Find(string path)
    {
        path = ModelPath.Of(path);
        var (family, kind) = Directory.Exists(path) ? OfFolder(path) : File.Exists(path) ? OfFile(path)
            : throw new McdmException("ModelNotFound", ErrorKind.NotFound,
                DeadLink.Of(path) ?? $"There is no model folder or file '{path}'.") { Target = path };
        return (family, new ModelSource(path, kind));
    }

    /// <summary>What a file holds that changes a model and is none, and its tensors; null for anything else.</summary>
    internal static (AdapterDescription Description, ModelFilesPart Part)? Adapter(string path)
    {
        if (!File.Exists(path) || Path.GetFileName(path) is DiffusersFolder.IndexFile or DiffusersFolder.ConfigFile) { return null; }
        using var weights = OpenAdapter(path);
        return s_all.Select(family => family.DescribeAdapter(weights)).FirstOrDefault(adapter => adapter is not null) is { } found
            ? (found, ModelFilesPart.Of("all", path, weights)) : null;
    }

    /// <summary>A file's tensors: those of a network's file, or of an adapter that is laid out otherwise.</summary>
    private static IWeights OpenAdapter(string path)
    {
        try
        {
            return WeightFile.OpenNetwork(path);
        }
        catch (McdmException) when (s_all.Select(family => family.OpenAdapter(path)).FirstOrDefault(weights => weights is not null) is { } other)
        {
            return other;
        }
    }

    /// <summary>The family that a folder belongs to by files of its own; null for none.</summary>
    internal static IModelFamily? OwnerOf(string folder) => FirstOf(family => family.KindOfFolder(folder))?.Family;

    /// <summary>The first family that knows a kind, and the kind; null where none does.</summary>
    private static (IModelFamily Family, string Kind)? FirstOf(Func<IModelFamily, string?> kindBy)
    {
        foreach (var family in s_all)
        {
            if (kindBy(family) is { } kind) { return (family, kind); }
        }
        return null;
    }

    private static (IModelFamily Family, string Kind) OfFolder(string folder)
    {
        if (FirstOf(family => family.KindOfFolder(folder)) is { } own) { return own; }
        if (Has(DiffusersFolder.IndexFile)) { return OfClass(DiffusersFolder.IndexFile, family => family.PipelineClasses); }
        if (Has(DiffusersFolder.ConfigFile)) { return OfClass(DiffusersFolder.ConfigFile, family => family.NetworkClasses); }
        throw new McdmException("ModelNotFound", ErrorKind.NotFound,
            $"'{folder}' is no model folder: it has neither {OwnFamily.DescriptionFile} (a model of Mcdm), nor {DiffusersFolder.IndexFile} or "
                + $"{DiffusersFolder.ConfigFile} (models of diffusers).");

        bool Has(string file) => File.Exists(Path.Combine(folder, file));

        (IModelFamily, string) OfClass(string file, Func<IModelFamily, IReadOnlyDictionary<string, string>> classes)
        {
            var config = JsonConfig.Read(Path.Combine(folder, file));
            string name = config.ClassName ?? throw config.Invalid("_class_name", "the name of a class");
            if (FirstOf(family => classes(family).GetValueOrDefault(name)) is { } found) { return found; }
            ForeignModels.Refuse(config.Path, name);
            throw Obstacle(folder, family => family.ObstacleOfClass(name))
                ?? (file == DiffusersFolder.IndexFile ? Obstacle(folder, family => family.ObstacleOfPipeline(folder)) : null)
                ?? config.Unsupported("_class_name", $"{string.Join(", ", s_all.SelectMany(family => classes(family).Keys))} here");
        }
    }

    private static (IModelFamily Family, string Kind) OfFile(string path)
    {
        using var weights = WeightFile.OpenNetwork(path);
        ForeignModels.Refuse(path, weights.Names);
        var names = weights.Names.ToHashSet(StringComparer.Ordinal);
        if (FirstOf(family => family.KindOfTensors(names)) is { } found) { return found; }
        throw Obstacle(path, family => family.ObstacleOfTensors(names))
            ?? Unknown(path, "holds no model that is known: neither Stable Diffusion, nor a ControlNet, nor ADM");
    }

    private static McdmException? Obstacle(string path, Func<IModelFamily, string?> ask) =>
        s_all.Select(ask).FirstOrDefault(why => why is not null) is { } why ? Unknown(path, why) : null;

    private static McdmException Unknown(string path, string why) => new("ModelKindUnknown", ErrorKind.NotSupported, $"'{path}' {why}.");
}
