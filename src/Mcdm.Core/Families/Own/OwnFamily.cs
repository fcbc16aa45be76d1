using Mcdm.Experts;
using Mcdm.Families.Own.Files;
using static TorchSharp.torch;

namespace Mcdm.Families.Own;

/// <summary>Models that Mcdm trained, in its own folders.</summary>
internal sealed class OwnFamily : IModelFamily
{
    /// <summary>The file that makes a folder a model pack.</summary>
    public const string DescriptionFile = ModelPack.DescriptionFile;

    /// <summary>No: they are small, and laid out for speed.</summary>
    public bool TakesStorage => false;

    /// <inheritdoc/>
    public string? KindOfFolder(string folder) => File.Exists(Path.Combine(folder, DescriptionFile)) ? "Pack" : null;

    /// <inheritdoc/>
    public IEnumerable<ModelFilesPart> Describe(ModelSource source) => ModelPack.ReadDescription(source.Path).Experts
        .Select(expert => ModelFilesPart.Of(expert.FullName, Path.Combine(source.Path, Path.GetFileName(expert.Weights))));

    /// <inheritdoc/>
    public string Stamp(string path) => ModelPack.Stamp(path);

    /// <inheritdoc/>
    public IReadOnlyList<Model> Read(IReadOnlyList<ModelSource> sources, ImportOptions options, Device device, ScalarType precision) =>
        ModelFamily.ReadEach(sources, source => ModelPack.Read(source.Path, device, precision));
}
