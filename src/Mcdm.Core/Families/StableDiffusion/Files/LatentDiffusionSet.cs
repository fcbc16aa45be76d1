using Mcdm.Experts;
using Mcdm.Modalities;
using static TorchSharp.torch;

namespace Mcdm.Families.StableDiffusion.Files;

/// <summary>The Stable Diffusion models and ControlNets that are imported together; each ControlNet goes with the first model that it fits.</summary>
internal sealed class LatentDiffusionSet : IDisposable
{
    /// <summary>Kinds of sources: a folder of diffusers with a whole model, an original checkpoint, and ControlNets of both forms.</summary>
    public const string Folder = "StableDiffusion", File = "StableDiffusionFile", ControlNetFolder = "ControlNet", ControlNetFile = "ControlNetFile";

    /// <summary>An original checkpoint that holds a ControlNet with its whole model, as those of ControlNet 1.0.</summary>
    public const string WholeFile = "StableDiffusionControlNetFile";

    private readonly List<(ModelSource Source, LatentDiffusionFiles Files)> _models = [];
    private readonly List<ControlNetFiles> _controls = [];
    private readonly ImportOptions _options;

    /// <summary>Opens all of them.</summary>
    /// <exception cref="McdmException"><c>ControlNetNeedsBase</c>: ControlNets alone; or a part is missing.</exception>
    public LatentDiffusionSet(IReadOnlyList<ModelSource> sources, ImportOptions options)
    {
        _options = options;
        try
        {
            foreach (var source in sources.Distinct().OrderBy(source => source.Kind is File or WholeFile)) { Open(source); }
            if (_controls.Count > 0 && _models.Count == 0)
            {
                throw new McdmException("ControlNetNeedsBase", ErrorKind.InvalidArgument,
                    $"'{_controls[0].Path}' is a ControlNet, which works on the U-Net of a Stable Diffusion model; import it together with its model: "
                        + $"Import-McdmModel MODEL, {_controls[0].Name} -Join.");
            }
            foreach (string path in options.Embeddings) { RequireWidth(path); }
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
            case ControlNetFolder: _controls.Add(LatentDiffusionFolder.OpenControlNet(source.Path, _options.Variant)); break;
            default: _controls.Add(LatentDiffusionFile.OpenControlNet(source.Path)); break;
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

    /// <summary>The sources that are models, in the order in which ControlNets are offered to them.</summary>
    public IEnumerable<ModelSource> Models => _models.Select(model => model.Source);

    /// <summary>Makes the experts of one of the models. Those after the first are named after their models, and leave ε_u to the first.</summary>
    public Model Assemble(ModelSource source, Device device, ScalarType type)
    {
        int place = _models.FindIndex(model => model.Source == source);
        var files = _models[place].Files;
        var controls = _controls.Where(control => ModelOf(control) == place).ToList();
        bool first = place == 0;
        // A ControlNet that came in one file with its model is called after that too.
        string prompts = first ? Modality.Text.ExpertName : _controls.Any(control => control.Name == files.Name) ? $"{files.Name}-text" : files.Name;
        return LatentDiffusionModel.Assemble(files, controls, first ? Loras() : [], prompts, withUnconditional: first, _options.Decoder, device, type,
            settings: new PromptSettings(_options.Embeddings, _options.ClipSkip));
    }

    /// <summary>Refuses an embedding that fits none of the models.</summary>
    private void RequireWidth(string path)
    {
        using var embedding = TextInversionFile.Read(path);
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

    /// <summary>The LoRAs of each expert.</summary>
    private IReadOnlyList<IReadOnlyList<LoraStrength>> Loras()
    {
        var (paths, weights) = (_options.Loras, _options.LoraWeights);
        if (weights.Count > 1 && weights.Count != paths.Count)
        {
            throw new McdmException("LoraWeightCount", ErrorKind.InvalidArgument,
                $"{weights.Count} weights were given for {paths.Count} LoRAs; give one for all, or one for each.");
        }
        var all = paths.Select((path, i) => new LoraStrength(path, weights.Count switch { 0 => 1, 1 => weights[0], _ => weights[i] })).ToList();
        return _options.MergeLoras && all.Count > 0 ? [all] : all.ConvertAll(lora => (IReadOnlyList<LoraStrength>)[lora]);
    }

    /// <summary>Adds a ControlNet that came with a model, under a name that no other has.</summary>
    private void AddOwn(ControlNetFiles control, string home) => _controls.Add(control with
    {
        Home = home,
        Name = _controls.Any(other => other.Name == control.Name) ? ModelName.Safe($"{ModelName.Of(home)}-{control.Name}") : control.Name,
    });

    /// <summary>Closes all files.</summary>
    public void Dispose()
    {
        foreach (var (_, files) in _models) { files.Dispose(); }
        _controls.ForEach(control => control.Dispose());
    }

    /// <summary>The model that a ControlNet fits; the first, which will say what does not fit, where it fits none.</summary>
    private int ModelOf(ControlNetFiles control) => control.Home is { } home ? _models.FindIndex(model => model.Source.Path == home)
        : Math.Max(0, _models.FindIndex(model => LatentDiffusionModel.Mismatch(control, model.Files) is null));
}
