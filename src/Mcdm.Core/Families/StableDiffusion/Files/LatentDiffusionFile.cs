using Mcdm.Diffusion.Process;
using Mcdm.Diffusion.Samplers;
using Mcdm.Diffusion.Schedules;
using Mcdm.Families.Shared;
using Mcdm.Weights.Reading;

namespace Mcdm.Families.StableDiffusion.Files;

/// <summary>Original (CompVis) checkpoints as a model's or a ControlNet's files. What no file says is as in the published models.</summary>
internal static class LatentDiffusionFile
{
    /// <summary>The schedule of all published models.</summary>
    private static readonly ScheduleDescription s_schedule = new(NoiseScheduleKind.ScaledLinear, 1000) { BetaStart = 0.00085, BetaEnd = 0.012 };

    /// <summary>Side of the latents of models that predict v, which were trained at 768 pixels.</summary>
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
        var file = WeightFile.Open(path);
        try
        {
            var single = new SingleFile(file, Hints(path, hints, prediction));
            var unet = single.UNet ?? throw Lacking("U-Net");
            var text = single.Text ?? throw Lacking("text encoder");
            var autoencoder = single.Autoencoder ?? throw Lacking("autoencoder");
            if (vocabulary is null)
            {
                throw new McdmException("VocabularyNeeded", ErrorKind.InvalidArgument,
                    $"'{path}' is a single file, which holds no tokenizer: give one with -Vocabulary, the folder 'tokenizer' of any Stable Diffusion model "
                        + $"of its kind, or {ClipTokenizerFiles.MergesFile} of OpenAI's CLIP.");
            }
            bool second = unet.Options.UseLinearProjection;
            var scheduler = new SchedulerConfig(s_schedule, single.Prediction ?? PredictionKind.Noise,
                new SamplerOptions { Steps = SchedulerConfig.UsualSteps }, Notes(single, path));
            return new LatentDiffusionFiles(ModelName.Of(path), path, new(unet.Weights, unet.Options), new(text.Weights, text.Options),
                ClipTokenizerFiles.Read(vocabulary, second ? SecondPadding : null), new(autoencoder.Weights, autoencoder.Options), scheduler,
                single.Prediction == PredictionKind.Velocity ? VelocitySampleSize : LatentDiffusionFiles.UsualSampleSize)
            {
                AsksNetwork = single.Prediction is null,
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
        var file = WeightFile.Open(path);
        try
        {
            var network = new SingleFile(file, Hints(path, hints, null)).ControlNet
                ?? throw new McdmException("ModelPartNotFound", ErrorKind.NotFound, $"'{path}' holds no ControlNet.");
            return new ControlNetFiles(ModelName.Of(path), path, new(network.Weights, network.Options)) { Owned = file };
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static SingleFileHints Hints(string path, SingleFileHints? hints, PredictionKind? prediction)
    {
        var known = hints ?? (LdmConfig.Beside(path) is { } yaml ? LdmConfig.Read(yaml) : new SingleFileHints());
        return prediction is null ? known : known with { Prediction = prediction };
    }

    private static List<string> Notes(SingleFile single, string path)
    {
        var notes = new List<string>();
        if (single.IsAverage) { notes.Add($"'{Path.GetFileName(path)}' holds weights as trained and averaged over training; the averaged ones are taken."); }
        if (single.Prediction is null) { notes.Add($"'{Path.GetFileName(path)}' does not say what its U-Net predicts; it is asked at the last time step."); }
        return notes;
    }
}
