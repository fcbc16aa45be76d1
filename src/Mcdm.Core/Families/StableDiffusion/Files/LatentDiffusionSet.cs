using Mcdm.Diffusion.Composition;
using Mcdm.Experts;
using Mcdm.Families.StableDiffusion.Prompts;
using Mcdm.Modalities;
using static TorchSharp.torch;

namespace Mcdm.Families.StableDiffusion.Files;

/// <summary>The Stable Diffusion models that are imported together, and what adds pictures to them, each to the first model that it fits.</summary>
internal sealed class LatentDiffusionSet : IDisposable
{
    /// <summary>Kinds of sources: a folder of diffusers with a whole model, an original checkpoint, and ControlNets of both forms.</summary>
    public const string Folder = "StableDiffusion", File = "StableDiffusionFile", ControlNetFolder = "ControlNet", ControlNetFile = "ControlNetFile";

    /// <summary>An original checkpoint that holds a ControlNet with its whole model, as those of ControlNet 1.0.</summary>
    public const string WholeFile = "StableDiffusionControlNetFile";

    /// <summary>An IP-Adapter, the picture encoder that it reads by, and T2I-Adapters of both forms.</summary>
    public const string ImageAdapter = "IPAdapter", ImageEncoder = "ImageEncoder", T2IAdapterFolder = "T2IAdapter", T2IAdapterFile = "T2IAdapterFile";

    private readonly List<(ModelSource Source, LatentDiffusionFiles Files)> _models = [];
    private readonly List<AdditionFiles> _additions = [];
    private readonly List<ImageEncoderFiles> _encoders = [];
    private readonly List<TextInversion> _embeddings = [];
    private readonly List<LatentSpace> _spaces = [];
    private readonly ImportOptions _options;

    /// <summary>Opens all of them.</summary>
    /// <exception cref="McdmException"><c>ControlNetNeedsBase</c> and its like: no model is there; or a part is missing.</exception>
    public LatentDiffusionSet(IReadOnlyList<ModelSource> sources, ImportOptions options)
    {
        _options = options;
        try
        {
            foreach (var source in sources.OrderBy(source => source.Kind is File or WholeFile)) { Open(source); }
            if (_additions.Count > 0 && _models.Count == 0)
            {
                var (first, article) = (_additions[0], _additions[0].Kind.StartsWith('I') ? "an" : "a");
                throw first.Refused("NeedsBase", $"'{first.Path}' is {article} {first.Kind}, which works on the U-Net of a Stable Diffusion model; import it "
                    + $"together with its model: Import-McdmModel MODEL, {first.Name} -Join.");
            }
            FindEncoders();
            foreach (string path in options.Embeddings)
            {
                _embeddings.Add(TextInversionFile.Read(path));
                RequireWidth(path, _embeddings[^1]);
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    private void Open(ModelSource source)
    {
        switch (source.Kind)
        {
            case Folder:
                _models.Add((source, LatentDiffusionFolder.Open(source.Path, _options.Variant)));
                foreach (var own in LatentDiffusionFolder.OpenControlNets(source.Path, _options.Variant)) { AddOwn(own, source.Path); }
                break;
            case File: _models.Add((source, OpenFile(source.Path))); break;
            case WholeFile:
                _models.Add((source, OpenFile(source.Path)));
                AddOwn(LatentDiffusionFile.OpenControlNet(source.Path), source.Path);
                break;
            case ControlNetFolder: _additions.Add(LatentDiffusionFolder.OpenControlNet(source.Path, _options.Variant)); break;
            case ImageAdapter: _additions.Add(ImageAdapterFiles.Open(source.Path)); break;
            case ImageEncoder: _encoders.Add(ImageEncoderFiles.Open(source.Path, _options.Variant)); break;
            case T2IAdapterFolder: _additions.Add(T2IAdapterFiles.OpenFolder(source.Path, _options.Variant)); break;
            case T2IAdapterFile: _additions.Add(T2IAdapterFiles.OpenFile(source.Path)); break;
            default: _additions.Add(LatentDiffusionFile.OpenControlNet(source.Path)); break;
        }
    }

    /// <summary>
    /// Gives each IP-Adapter the picture encoder that it reads by: one that was named, or one that lies with a model or beside the adapter, as published.
    /// </summary>
    private void FindEncoders()
    {
        var adapters = _additions.OfType<ImageAdapterFiles>().ToList();
        if (adapters.Count == 0 && _encoders.Count > 0)
        {
            throw new McdmException("IPAdapterMissing", ErrorKind.InvalidArgument,
                $"'{_encoders[0].Path}' is a picture encoder, by which IP-Adapters read pictures, and none is given; give the adapter's file too: "
                    + "Import-McdmModel MODEL, ADAPTER, ENCODER -Join.");
        }
        var named = _encoders.ToList();
        foreach (var adapter in adapters)
        {
            var near = _models.Select(model => model.Source.Path).Append(Path.GetDirectoryName(Path.GetFullPath(adapter.Path))!)
                .Select(folder => Path.Combine(folder, ImageEncoderFiles.FolderName));
            foreach (string folder in near.Where(folder => named.Count == 0 && !_encoders.Exists(adapter.Fits) && ImageEncoderFiles.IsIn(folder)))
            {
                _encoders.Add(ImageEncoderFiles.Open(folder, null));
            }
            var found = adapter.With(_encoders);
            var encoder = found.Encoder!;
            _additions[_additions.IndexOf(adapter)] = found with
            {
                Notes = [.. found.Notes, .. named.Contains(encoder) ? [] : new[] { $"The IP-Adapter '{adapter.Path}' reads pictures by '{encoder.Path}'." }],
                Warnings = [.. found.Warnings, .. encoder.Warnings],
            };
        }
        if (named.Find(encoder => !_additions.OfType<ImageAdapterFiles>().Any(adapter => adapter.Encoder == encoder)) is { } idle)
        {
            throw new McdmException("ImageEncoderUnread", ErrorKind.InvalidArgument,
                $"'{idle.Path}' is a picture encoder by which no IP-Adapter that was named reads pictures; leave it out.");
        }
    }

    private LatentDiffusionFiles OpenFile(string path)
    {
        var files = LatentDiffusionFile.Open(path, _options.Vocabulary, _options.Prediction);
        return DecoderFile.Beside(path) is not { } own || _options.Decoder is not null ? files : files with
        {
            Warnings =
            [
                .. files.Warnings, $"'{own}' lies beside the checkpoint, and other programs would show pictures by it; it is not read: give it with -Decoder.",
            ],
        };
    }

    /// <summary>The sources that are models, in the order in which what adds pictures is offered to them.</summary>
    public IEnumerable<ModelSource> Models => _models.Select(model => model.Source);

    /// <summary>
    /// Makes the experts of one of the models. Those after the first are named after their models, and leave ε_u to the first, unless they work in another
    /// space and act over a bridge, which needs their own.
    /// </summary>
    public Model Assemble(ModelSource source, Device device, ScalarType type)
    {
        int place = _models.FindIndex(model => model.Source == source);
        var files = _models[place].Files;
        var additions = _additions.Where(addition => ModelOf(addition) == place).ToList();
        bool first = place == 0;
        // A ControlNet that came in one file with its model is called after that too.
        string prompts = first ? Modality.Text.ExpertName : _additions.Any(addition => addition.Name == files.Name) ? $"{files.Name}-text" : files.Name;
        var model = LatentDiffusionModel.Assemble(files, additions, Loras(place), prompts, withUnconditional: first, first ? _options.Decoder : null, device,
            type, settings: new PromptSettings(_embeddings, _options.ClipSkip), storage: _options.Storage,
            combiner: _options.AsPublished && additions.Count > 0 ? new Residual() : null, offload: _options.Offload,
            isOwn: space => _options.Bridge && !_spaces.Exists(space.Matches));
        _spaces.Add(model.Space);
        return model;
    }

    /// <summary>Refuses an embedding that fits none of the models.</summary>
    private void RequireWidth(string path, TextInversion embedding)
    {
        if (_models.Exists(model => model.Files.Reads(embedding))) { return; }
        var (source, files) = _models[0];
        bool pair = embedding.Widths.Count > 1;
        var version = pair ? StableDiffusionVersion.XL : StableDiffusionVersion.OfWidth(embedding.Widths[0]);
        throw new McdmException("EmbeddingWidth", ErrorKind.InvalidArgument,
            $"The embedding '{path}' has vectors of {string.Join(" and ", embedding.Widths)} numbers"
                + (version is null ? "" : $", as those of {version.Name}")
                + $", but '{source.Path}' is {files.Version.Name}, with tokens of {string.Join(" and ", files.Texts.Select(text => text.Options.HiddenSize))};"
                + " it was trained for another model.");
    }

    /// <summary>The LoRAs of each expert of a model.</summary>
    private IReadOnlyList<IReadOnlyList<LoraStrength>> Loras(int place)
    {
        var (paths, weights) = (_options.Loras, _options.LoraWeights);
        if (weights.Count > 1 && weights.Count != paths.Count)
        {
            throw new McdmException("LoraWeightCount", ErrorKind.InvalidArgument,
                $"{weights.Count} weights were given for {paths.Count} LoRAs; give one for all, or one for each.");
        }
        return [.. paths.Select((path, i) => new LoraStrength(path, weights.Count switch { 0 => 1, 1 => weights[0], _ => weights[i] }))
            .Zip(_options.LoraExperts.Count == 0 ? Enumerable.Range(0, paths.Count) : _options.LoraExperts).Where(lora => ModelOf(lora.First) == place)
            .GroupBy(lora => lora.Second, lora => lora.First).Select(together => together.ToList())];
    }

    /// <summary>Adds a ControlNet that came with a model, under a name that no other has.</summary>
    private void AddOwn(ControlNetFiles control, string home) => _additions.Add(control with
    {
        Home = home,
        Name = _additions.Any(other => other.Name == control.Name) ? ModelName.Safe($"{ModelName.Of(home)}-{control.Name}") : control.Name,
    });

    /// <summary>Closes all files.</summary>
    public void Dispose()
    {
        foreach (var (_, files) in _models) { files.Dispose(); }
        _additions.ForEach(addition => addition.Dispose());
        _encoders.ForEach(encoder => encoder.Dispose());
        _embeddings.ForEach(embedding => embedding.Dispose());
    }

    /// <summary>The model whose version a LoRA is for; the first, which will say what does not fit, where it says none or that of none.</summary>
    private int ModelOf(LoraStrength lora)
    {
        if (_models.Count == 1) { return 0; }
        using var source = LoraSource.Open(lora.Path);
        var versions = source.Files.Select(file => AdapterFile.Describe(file.Weights)?.Base).ToList();
        return Math.Max(0, _models.FindIndex(model => versions.Contains(model.Files.Version.Name)));
    }

    /// <summary>The model that an addition fits; the first, which will say what does not fit, where it fits none.</summary>
    private int ModelOf(AdditionFiles addition) => addition.Home is { } home ? _models.FindIndex(model => model.Source.Path == home)
        : Math.Max(0, _models.FindIndex(model => addition.Mismatch(model.Files) is null));
}
