using Mcdm.Datasets;
using Mcdm.Diffusion.Process;
using Mcdm.Evaluation;

namespace Mcdm.Training;

/// <summary>A judge.</summary>
public sealed record JudgeTarget : TrainingTarget
{
    private static readonly JudgeNetworkOptions s_usual = new();

    /// <summary>Side in pixels of the patches that the network looks at; null for the usual one.</summary>
    public int? PatchSize { get; init; }

    /// <inheritdoc/>
    public override TrainingOptions Options(TrainingOptions settings)
    {
        int size = ImageSize ?? Default.ImageSize, patch = PatchSize ?? s_usual.PatchSize;
        var (channels, blocks) = Levels(s_usual.Channels, s_usual.Blocks, size, patch);
        var network = s_usual with { PatchSize = patch, Channels = channels, Blocks = blocks };
        return settings with { ImageSize = size, Prediction = PredictionKind.Sample, Judge = network };
    }

    /// <inheritdoc/>
    public override string Describe(TrainingOptions options) => "a judge";

    internal override Objective Objective(PictureDataset dataset, TrainingOptions options, PictureDataset? heldOut) =>
        new JudgeObjective(dataset, options, options.Judge!);
}
