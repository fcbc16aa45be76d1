using System.Text.Json.Serialization;
using Mcdm.Diffusion.Process;
using Mcdm.Diffusion.Schedules;
using Mcdm.Evaluation;
using Mcdm.Experts;
using Mcdm.Families.Own.Experts;
using Mcdm.Families.Own.Networks;
using Mcdm.Modalities;

namespace Mcdm.Training;

/// <summary>How one expert, a judge or an autoencoder is trained; stored in its checkpoint, so that a resumed run uses the same.</summary>
public sealed record TrainingOptions
{
    /// <summary>The modality it learns; null for the unconditional expert.</summary>
    public Modality? Modality { get; init; }

    /// <summary>What the expert is called; null where that follows from its modality.</summary>
    public string? Expert { get; init; }

    /// <summary>What the expert is called.</summary>
    [JsonIgnore]
    public string Name => Expert ?? Experts.Expert.NameOf(Modality);

    /// <summary>Shape of the judge that is trained, whose heads are filled in from the dataset; null for an expert.</summary>
    public JudgeNetworkOptions? Judge { get; init; }

    /// <summary>How the autoencoder that is trained is; null for an expert or a judge.</summary>
    public AutoencoderTraining? Autoencoder { get; init; }

    /// <summary>Side of the square pictures in pixels.</summary>
    public int ImageSize { get; init; } = 64;

    /// <summary>Optimiser steps in all.</summary>
    public int Steps { get; init; } = 3000;

    /// <summary>Pictures a step.</summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>Highest learning rate of AdamW.</summary>
    public double LearningRate { get; init; } = 6e-4;

    /// <summary>Steps over which the learning rate rises from 0; afterwards it falls to 0 along a cosine.</summary>
    public int WarmUpSteps { get; init; } = 100;

    /// <summary>Decoupled weight decay of AdamW (Loshchilov and Hutter 2019).</summary>
    public double WeightDecay { get; init; } = 0.01;

    /// <summary>Largest norm of a step's gradient; a longer one is scaled down to it.</summary>
    public double GradientClip { get; init; } = 1;

    /// <summary>Decay of the exponential moving average of the weights, which is what gets saved.</summary>
    public double EmaDecay { get; init; } = 0.999;

    /// <summary>Seed of the initial weights, the order of the pictures, the noise and the dropped parts.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>Noise levels T.</summary>
    public int NoiseLevels { get; init; } = 1000;

    /// <summary>
    /// Exponent b of the density t^b from which the noise levels of a step are drawn: 0 draws all alike, as in (3); above 0
    /// high noise comes more often, which is where a sentence or a mask has most to say.
    /// </summary>
    public double TimestepBias { get; init; }

    /// <summary>Family of the noise schedule.</summary>
    public NoiseScheduleKind Schedule { get; init; } = NoiseScheduleKind.Cosine;

    /// <summary>What the network learns to predict.</summary>
    public PredictionKind Prediction { get; init; } = PredictionKind.Velocity;

    /// <summary>
    /// Bound b of the loss of a predicted picture, <c>E‖x̂ − z_0‖² / max(σ_t, b)²</c> with σ_t² = 1 − ᾱ_t: the loss of v without its growth where there is
    /// hardly any noise. Not used where noise or velocity is predicted.
    /// </summary>
    public double LossFloor { get; init; } = 0.05;

    /// <summary>Identity of the autoencoder whose latents the expert learns, or whose decoder is trained; null for pixels.</summary>
    public string? Codec { get; init; }

    /// <summary>Pixels along each side of one latent; 1 for pixels.</summary>
    public int Factor { get; init; } = 1;

    /// <summary>Whether the run needs an autoencoder that was trained before.</summary>
    [JsonIgnore]
    public bool InSpace => Codec is not null;

    /// <summary>Train in bfloat16 with float32 master weights; false for float32 throughout.</summary>
    public bool BFloat16 { get; init; }

    /// <summary>Shape of the network; the condition's channels and the text encoder are filled in from the dataset.</summary>
    public UNetOptions Network { get; init; } = new();

    /// <summary>Pieces in the vocabulary that a text expert learns from the captions.</summary>
    public int VocabularySize { get; init; } = 512;

    /// <summary>Seconds between checkpoints.</summary>
    public double CheckpointSeconds { get; init; } = 300;

    /// <summary>The space its predictions live in.</summary>
    [JsonIgnore]
    public LatentSpace Space =>
        new(Network.ImageChannels, ImageSize / Factor, ImageSize / Factor, new VariancePreserving(Schedule, NoiseLevels), Factor, Codec);

    /// <summary>Refuses another space than the one that is learnt in.</summary>
    /// <param name="codec">The space that is given; null for pixels.</param>
    /// <exception cref="McdmException"><c>SpaceMismatch</c>.</exception>
    internal void RequireSpace(TrainedCodec? codec)
    {
        if (codec?.Identity != Codec)
        {
            throw new McdmException("SpaceMismatch", ErrorKind.InvalidArgument,
                $"The run learns {Described(Codec)}, but the space given has {Described(codec?.Identity)}; train in the space that it was started in.");
        }

        static string Described(string? identity) => identity is null ? "pixels" : $"latents of the autoencoder {identity}";
    }

    /// <summary>Learning rate of a step, counted from 0.</summary>
    public double LearningRateAt(int step)
    {
        if (step < WarmUpSteps) { return LearningRate * (step + 1) / WarmUpSteps; }
        double position = (double)(step - WarmUpSteps) / Math.Max(1, Steps - WarmUpSteps);
        return LearningRate * 0.5 * (1 + Math.Cos(Math.PI * Math.Min(1, position)));
    }
}
