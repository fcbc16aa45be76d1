using Mcdm.Families;

namespace Mcdm.Registries;

/// <summary>What a path holds that Import-McdmModel would read, found out without reading the weights.</summary>
public sealed record ModelFiles
{
    /// <summary>What it would be called.</summary>
    public required string Name { get; init; }

    /// <summary>What kind of model, or part of one, it is.</summary>
    public required string Kind { get; init; }

    /// <summary>The path.</summary>
    public required string Path { get; init; }

    /// <summary>What it is where it changes a model and is none, such as a LoRA; null for a model or a part of one.</summary>
    public AdapterDescription? Adapter { get; init; }

    /// <summary>Its networks.</summary>
    public required IReadOnlyList<ModelFilesPart> Parts { get; init; }

    /// <summary>Numbers of all networks.</summary>
    public long Parameters => Parts.Sum(part => part.Parameters);

    /// <summary>Bytes that the weights take in memory in an arithmetic.</summary>
    /// <param name="bytesPerNumber">2 for bfloat16, 4 for float32.</param>
    public long Memory(int bytesPerNumber) => Parameters * bytesPerNumber;

    /// <summary>Looks at a path.</summary>
    /// <exception cref="McdmException">It holds no model, or something of it is missing.</exception>
    public static ModelFiles At(string path)
    {
        if (ModelFamilies.Adapter(path) is var (adapter, part))
        {
            return new ModelFiles { Name = ModelName.Of(path), Kind = adapter.Kind, Path = path, Adapter = adapter, Parts = [part] };
        }
        var (family, source) = ModelFamilies.Find(path);
        return new ModelFiles { Name = ModelName.Of(path), Kind = source.Kind, Path = path, Parts = family.Describe(source).ToList() };
    }
}
