using Mcdm.Diffusion.Process;
using Mcdm.Diffusion.Samplers;
using Mcdm.Families.Shared;
using Mcdm.Families.StableDiffusion.Networks;
using Mcdm.Weights;
using Mcdm.Weights.Reading;

namespace Mcdm.Families.StableDiffusion.Files;

/// <summary>Original (CompVis) checkpoints as a model's or a ControlNet's files. What no file says is as in the published models.</summary>
internal static class LatentDiffusionFile
{
    /// <summary>Side of the latents of models of version 2 that predict v, which were trained at 768 pixels.</summary>
    private const int VelocitySampleSize = 96;

    private const string SecondPadding = "!";

    /// <summary>Opens a checkpoint.</summary>
    /// <param name="path">The file; a YAML of the same name beside it is read too.</param>
    /// <param name="vocabulary">A tokenizer's folder, or OpenAI's list of merges: a checkpoint holds none.</param>
    /// <param name="prediction">What the U-Net predicts; null to find out.</param>
    /// <param name="hints">What no tensor tells; null for what the YAML says.</param>
    /// <exception cref="McdmException"><c>VocabularyNeeded</c>, <c>ModelPartNotFound</c>, or as for <see cref="SingleFile"/>.</exception>
    public static LatentDiffusionFiles Open(string path, string? vocabulary, PredictionKind? prediction, SingleFileHints? hints = null)
    {
        var file = WeightFile.OpenNetwork(path);
        try
        {
            var known = Hints(path, hints, prediction);
            var single = new SingleFile(file, known);
            var unet = single.UNet ?? throw Lacking("U-Net");
            var version = StableDiffusionVersion.Of(unet.Options);
            bool isXL = version == StableDiffusionVersion.XL;
            if (single.Texts.Count != (isXL ? 2 : 1)) { throw Lacking(single.Texts.Count == 1 ? "second text encoder" : "text encoder"); }
            var autoencoder = single.Autoencoder ?? throw Lacking("autoencoder");
            if (vocabulary is null)
            {
                throw new McdmException("VocabularyNeeded", ErrorKind.InvalidArgument,
                    $"'{path}' is a single file, which holds no tokenizer: give one with -Vocabulary, the folder 'tokenizer' of any Stable Diffusion model "
                        + $"of its kind, or {ClipTokenizerFiles.MergesFile} of OpenAI's CLIP.");
            }
            bool second = version == StableDiffusionVersion.Two, velocity = single.Prediction == PredictionKind.Velocity;
            var schedule = (known.Schedule ?? LatentDiffusionFiles.PublishedSchedule) with { ZeroTerminalSnr = single.Marks.ZeroTerminalSnr };
            var scheduler = new SchedulerConfig(schedule, single.Prediction ?? PredictionKind.Noise,
                new SamplerOptions { Steps = SchedulerConfig.UsualSteps }, [.. file.Notes, .. Notes(single, path)]);
            var warnings = new List<string>([.. known.Warnings, .. single.Marks.Warnings, .. single.Warnings]);
            // Of two text encoders only the second is OpenCLIP's, which fills texts up otherwise.
            var texts = single.Texts.Select((text, i) => new TextFiles(text.Weights, text.Options, ClipTokenizerFiles.Read(vocabulary,
                second || i == 1 ? SecondPadding : null, i == 0 ? warnings : null, isPaddingTold: isXL))
            {
                Again = new(path, () => SingleFile.OpenText(path, known, i)),
            }).ToList();
            return new LatentDiffusionFiles(ModelName.Of(path), path, new(unet.Weights, unet.Options), texts,
                new(autoencoder.Weights, autoencoder.Options), scheduler,
                single.Marks.Side is { } side ? side / autoencoder.Options.Factor : velocity && second ? VelocitySampleSize : version.SampleSize)
            {
                NoneIsZero = isXL,
                AsksNetwork = single.Prediction is null,
                Warnings = warnings,
                Owned = file,
            };
        }
        catch
        {
            file.Dispose();
            throw;
        }

        McdmException Lacking(string part) =>
            new("ModelPartNotFound", ErrorKind.NotFound, $"'{path}' holds no {part}, so it is no whole Stable Diffusion model.");
    }

    /// <summary>Opens a ControlNet.</summary>
    /// <inheritdoc cref="Open" path="/param"/>
    /// <exception cref="McdmException">As for <see cref="SingleFile"/>.</exception>
    public static ControlNetFiles OpenControlNet(string path, SingleFileHints? hints = null)
    {
        var file = WeightFile.OpenNetwork(path);
        try
        {
            var known = Hints(path, hints, null);
            if (file.Names.Contains(SingleFileNames.FirstPictureLayerOfDiffusers)) { return OfDiffusers(file, path, known); }
            if (known.GlobalPool is null && IsShuffle(path)) { known = known with { GlobalPool = true }; }
            var single = new SingleFile(file, known);
            if (single.ControlNet is null && single.Difference is null)
            {
                throw new McdmException("ModelPartNotFound", ErrorKind.NotFound, $"'{path}' holds no ControlNet.");
            }
            return new ControlNetFiles(ModelName.Of(path), path, single.Difference is { } difference ? model => Sum(difference, model)
                : _ => new(single.ControlNet!.Weights, single.ControlNet.Options))
            {
                Owned = file,
                // Where there is a model too, it says the same.
                Warnings = single.UNet is null ? [.. known.Warnings, .. FileMetadata.Warnings(file), .. single.Warnings] : [],
                Notes = [.. file.Notes, .. NotesOf()],
            };

            NetworkFiles<ControlNetOptions> Sum(IWeights difference, LatentDiffusionFiles model)
            {
                var sum = new DifferenceWeights(difference, model.UNet.Weights);
                return new(sum, SingleFile.ControlNetShape(sum, known));
            }

            IEnumerable<string> NotesOf()
            {
                string name = Path.GetFileName(path);
                if (single.Difference is not null) { yield return $"'{name}' is a difference from a U-Net's weights: those of the model are added to it."; }
                if (known.GlobalPool == true) { yield return $"'{name}' is one that shuffles: its residuals are averaged over the picture."; }
            }
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>A ControlNet of diffusers without its configuration: what no tensor tells is as in the U-Net that it is for.</summary>
    private static ControlNetFiles OfDiffusers(IWeights file, string path, SingleFileHints known) => new(ModelName.Of(path), path,
        model => new(file, UNetInference.ControlNet(file, known with { Like = model.UNet.Options })))
    {
        Owned = file,
        Warnings = FileMetadata.Warnings(file).ToList(),
        Notes =
        [
            .. file.Notes,
            $"'{Path.GetFileName(path)}' is a ControlNet without its {DiffusersFolder.ConfigFile}: what its tensors do not show is as in the U-Net.",
        ],
    };

    /// <summary>Nothing in such a file says that its residuals are averaged; other programs go by its name too.</summary>
    private static bool IsShuffle(string path) => Path.GetFileNameWithoutExtension(path).Contains("shuffle", StringComparison.OrdinalIgnoreCase);

    private static SingleFileHints Hints(string path, SingleFileHints? hints, PredictionKind? prediction)
    {
        var known = hints ?? new SingleFileHints();
        if (LdmConfig.Beside(path) is { } yaml)
        {
            var said = LdmConfig.Read(yaml);
            known = hints is null ? said : known with { GlobalPool = known.GlobalPool ?? said.GlobalPool };
            if (known.Prediction is not null) { known = known with { PredictionBy = $"parameterization in '{Path.GetFileName(yaml)}'" }; }
        }
        return prediction is null ? known : known with { Prediction = prediction, PredictionBy = "-Prediction" };
    }

    private static List<string> Notes(SingleFile single, string path)
    {
        var notes = new List<string>();
        if (single.IsAverage) { notes.Add($"'{Path.GetFileName(path)}' holds weights as trained and averaged over training; the averaged ones are taken."); }
        if (single.Prediction is null) { notes.Add($"'{Path.GetFileName(path)}' does not say what its U-Net predicts; it is asked at the last time step."); }
        return notes;
    }
}
