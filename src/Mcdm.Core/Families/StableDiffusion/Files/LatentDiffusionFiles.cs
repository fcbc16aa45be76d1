using Mcdm.Diffusion.Schedules;
using Mcdm.Families.Shared;
using Mcdm.Families.StableDiffusion.Networks;
using Mcdm.Families.StableDiffusion.Prompts;
using Mcdm.Layers.Clip;
using Mcdm.Modalities.Text;
using Mcdm.Weights;

namespace Mcdm.Families.StableDiffusion.Files;

/// <summary>A network on disk: its weights, open for reading, and its shape.</summary>
/// <param name="Weights">The weights.</param>
/// <param name="Options">The shape.</param>
internal readonly record struct NetworkFiles<TOptions>(IWeights Weights, TOptions Options);

/// <summary>A text encoder on disk.</summary>
/// <param name="Weights">Its weights, open for reading.</param>
/// <param name="Options">Its shape.</param>
/// <param name="Tokenizer">Its tokenizer.</param>
internal sealed record TextFiles(IWeights Weights, ClipTextOptions Options, ClipTokenizer Tokenizer)
{
    private const string Projection = "text_projection.weight";

    /// <summary>Opens the weights once more.</summary>
    public required WeightsAgain Again { get; init; }

    /// <summary>Numbers of a sentence's vector; null where it has no projection for that.</summary>
    public long? Pooled => Weights.Names.Contains(Projection) ? Weights.Shape(Projection)[0] : null;
}

/// <summary>All that a latent diffusion model is made of, open for reading, wherever it lies: in a folder of diffusers or in a single file.</summary>
/// <param name="Name">What the model is called.</param>
/// <param name="Path">Where it lies.</param>
/// <param name="UNet">The U-Net.</param>
/// <param name="Texts">The text encoders: one, or two of Stable Diffusion XL, whose tokens stand side by side.</param>
/// <param name="Autoencoder">The autoencoder.</param>
/// <param name="Scheduler">Noise schedule, prediction, and how pictures are usually sampled.</param>
/// <param name="SampleSize">Side of the latents that the U-Net was trained with.</param>
internal sealed record LatentDiffusionFiles(string Name, string Path, NetworkFiles<UNet2DConditionOptions> UNet, IReadOnlyList<TextFiles> Texts,
    NetworkFiles<AutoencoderKLOptions> Autoencoder, SchedulerConfig Scheduler, int SampleSize) : IDisposable
{
    /// <summary>Which version of Stable Diffusion it is.</summary>
    public StableDiffusionVersion Version => StableDiffusionVersion.Of(UNet.Options);

    /// <summary>Whether no prompt is zeros, and not what the text encoders make of an empty one.</summary>
    public bool NoneIsZero { get; init; }

    /// <summary>Side of the latents where nothing says another: 512 pixels.</summary>
    public const int UsualSampleSize = 64;

    /// <summary>The noise schedule of all published models.</summary>
    public static ScheduleDescription PublishedSchedule { get; } = new(NoiseScheduleKind.ScaledLinear, 1000) { BetaStart = 0.00085, BetaEnd = 0.012 };

    /// <summary>What the files say and is not used, in a sentence each.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Whether the U-Net itself must be asked what it predicts, since no file says it.</summary>
    public bool AsksNetwork { get; init; }

    /// <summary>What all parts are read from, where it is one file.</summary>
    public IDisposable? Owned { get; init; }

    /// <summary>Whether an embedding has vectors of the width of each text encoder's.</summary>
    public bool Reads(TextInversion embedding) => embedding.Widths.SequenceEqual(Texts.Select(text => text.Options.HiddenSize));

    /// <summary>Closes the files.</summary>
    public void Dispose()
    {
        Owned?.Dispose();
        UNet.Weights.Dispose();
        foreach (var text in Texts) { text.Weights.Dispose(); }
        Autoencoder.Weights.Dispose();
    }
}

/// <summary>A LoRA on disk.</summary>
/// <param name="Path">Its file.</param>
/// <param name="Weight">By what its change is multiplied; 1 as trained.</param>
internal readonly record struct LoraStrength(string Path, double Weight);
