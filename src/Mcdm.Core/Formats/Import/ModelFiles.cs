using Mcdm.Formats.Adm;
using Mcdm.Formats.Diffusers;
using Mcdm.Formats.Weights;
using Mcdm.Networks.Frozen;

namespace Mcdm.Formats.Import;

/// <summary>One network of a model on disk.</summary>
/// <param name="Name">What it is for, such as <c>unet</c>.</param>
/// <param name="Parameters">Its numbers.</param>
/// <param name="DataType">Element type of most of them, as stored.</param>
/// <param name="Path">The file, or the index of several.</param>
public sealed record ModelFilesPart(string Name, long Parameters, string DataType, string Path)
{
    /// <inheritdoc/>
    public override string ToString() => Name;
}

/// <summary>What a path holds that Import-McdmModel would read, found out without reading the weights.</summary>
public sealed record ModelFiles
{
    /// <summary>Folders of a Stable Diffusion model's networks.</summary>
    private static readonly string[] s_parts = ["unet", "text_encoder", "vae"];

    /// <summary>What it would be called.</summary>
    public required string Name { get; init; }

    /// <summary>What kind of model, or part of one, it is.</summary>
    public required ModelSourceKind Kind { get; init; }

    /// <summary>The path.</summary>
    public required string Path { get; init; }

    /// <summary>Its networks.</summary>
    public required IReadOnlyList<ModelFilesPart> Parts { get; init; }

    /// <summary>Numbers of all networks.</summary>
    public long Parameters => Parts.Sum(part => part.Parameters);

    /// <summary>Bytes that the weights take in memory in an arithmetic.</summary>
    /// <param name="bytesPerNumber">2 for bfloat16, 4 for float32.</param>
    public long Memory(int bytesPerNumber) => Parameters * bytesPerNumber;

    /// <summary>Looks at a path.</summary>
    /// <exception cref="McdmException">It holds no model, or something of it lacks.</exception>
    public static ModelFiles At(string path)
    {
        var source = ModelSource.Find(path);
        return new ModelFiles { Name = LatentDiffusionFolder.NameOf(path), Kind = source.Kind, Path = path, Parts = PartsOf(source).ToList() };
    }

    private static IEnumerable<ModelFilesPart> PartsOf(ModelSource source)
    {
        string path = source.Path;
        switch (source.Kind)
        {
            case ModelSourceKind.Pack:
                var pack = ModelPack.ReadDescription(path);
                return pack.Experts.Select(expert => Part(expert.FullName, System.IO.Path.Combine(path, System.IO.Path.GetFileName(expert.Weights))));
            case ModelSourceKind.StableDiffusion:
                return s_parts.Select(part => Part(part, NetworkWeights.Find(System.IO.Path.Combine(path, part))));
            case ModelSourceKind.ControlNet:
                return [Part("controlnet", NetworkWeights.Find(path))];
            case ModelSourceKind.PixelDiffusion:
                string unet = System.IO.Path.Combine(path, "unet");
                return [Part("unet", NetworkWeights.Find(Directory.Exists(unet) ? unet : path))];
            case ModelSourceKind.Adm:
                return [Part("network", Directory.Exists(path) ? AdmConfig.FileOf(path)! : path)];
            default:
                return [Part("all", path)];
        }
    }

    private static ModelFilesPart Part(string name, string file)
    {
        using var weights = WeightFile.Open(file);
        var sizes = weights.Names.Select(tensor => (Type: TypeOf(weights, tensor), Numbers: weights.Shape(tensor).Aggregate(1L, (product, size) => product * size))).ToList();
        return new ModelFilesPart(name, sizes.Sum(size => size.Numbers), sizes.GroupBy(size => size.Type).MaxBy(group => group.Sum(size => size.Numbers))?.Key ?? "none", file);
    }

    private static string TypeOf(IWeights weights, string tensor)
    {
        try
        {
            return weights.DataType(tensor).ToString().ToLowerInvariant();
        }
        catch (McdmException)
        {
            return "other";
        }
    }
}
