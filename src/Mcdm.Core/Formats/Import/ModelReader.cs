using Mcdm.Experts;
using Mcdm.Formats.Adm;
using Mcdm.Formats.Diffusers;
using static TorchSharp.torch;

namespace Mcdm.Formats.Import;

/// <summary>Reads models wherever they come from: Mcdm's own folders, and those of others.</summary>
public static class ModelReader
{
    /// <summary>Reads one model of all that is named.</summary>
    /// <param name="paths">Folders and files, at least one: models, whose experts are joined, and ControlNets, which go with the first Stable Diffusion model that they fit.</param>
    /// <param name="options">What the user says of them.</param>
    /// <param name="device">Where its networks compute.</param>
    /// <param name="precision">The arithmetic they compute in.</param>
    /// <exception cref="McdmException">A path holds no model, something lacks or does not fit.</exception>
    public static Model Read(IReadOnlyList<string> paths, ImportOptions options, Device device, ScalarType precision)
    {
        var sources = paths.Select(ModelSource.Find).Distinct().ToList();
        Runtime.Engine.Start();
        if (sources.All(source => source.Kind == ModelSourceKind.Pack))
        {
            RequireNoLora(options, sources[0].Path);
            return ModelPack.Read(paths, device, precision);
        }
        using var files = new LatentDiffusionSet(sources, options);
        var models = new List<Model>();
        try
        {
            foreach (var source in sources.Where(source => source.Kind is not (ModelSourceKind.ControlNet or ModelSourceKind.ControlNetFile))) { models.Add(ReadOne(source, files, options, device, precision)); }
            if (models.Count == 1) { return models[0]; }
            return Model.Join(string.Join('+', models), models);
        }
        catch
        {
            models.ForEach(model => model.Dispose());
            throw;
        }
    }

    /// <summary>Tells one state of a model from another: changes where a file that it is read from does.</summary>
    /// <exception cref="McdmException"><c>ModelNotFound</c>.</exception>
    public static string Stamp(string path)
    {
        if (File.Exists(Path.Combine(path, ModelPack.DescriptionFile)) && AdmConfig.FileOf(path) is null) { return ModelPack.Stamp(path); }
        IEnumerable<FileInfo> files = Directory.Exists(path) ? new DirectoryInfo(path).EnumerateFiles("*", SearchOption.AllDirectories) : [new FileInfo(path)];
        return string.Join('\n', files.Where(file => file.Exists).OrderBy(file => file.FullName, StringComparer.Ordinal).Select(file => $"{file.FullName}|{file.Length}|{file.LastWriteTimeUtc.Ticks}"));
    }

    private static Model ReadOne(ModelSource source, LatentDiffusionSet files, ImportOptions options, Device device, ScalarType precision)
    {
        switch (source.Kind)
        {
            case ModelSourceKind.StableDiffusion or ModelSourceKind.StableDiffusionFile:
                return files.Assemble(source, device, precision);
            case ModelSourceKind.PixelDiffusion:
                RequireNoLora(options, source.Path);
                return PixelDiffusionModel.Read(source.Path, options.Variant, device, precision);
            case ModelSourceKind.Adm:
                RequireNoLora(options, source.Path);
                return AdmModel.Read(Directory.Exists(source.Path) ? AdmConfig.FileOf(source.Path)! : source.Path, options.Preset, Sentences(options, device), options.AsPublished, device, precision);
            default:
                RequireNoLora(options, source.Path);
                return ModelPack.Read(source.Path, device, precision);
        }
    }

    private static FarlSentences? Sentences(ImportOptions options, Device device) => options.TextEncoder is not { } encoder ? null
        : new FarlSentences(encoder, options.Vocabulary ?? throw new McdmException("VocabularyNeeded", ErrorKind.InvalidArgument, $"The text encoder '{encoder}' holds no vocabulary: give CLIP's with -Vocabulary (bpe_simple_vocab_16e6.txt.gz)."), device);

    private static void RequireNoLora(ImportOptions options, string path)
    {
        if (options.Loras.Count > 0) { throw new McdmException("LoraNeedsBase", ErrorKind.InvalidArgument, $"A LoRA changes the U-Net of a Stable Diffusion model, and '{path}' is none."); }
    }
}
