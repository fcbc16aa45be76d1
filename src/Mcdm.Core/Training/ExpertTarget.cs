using Mcdm.Datasets;
using Mcdm.Diffusion.Process;
using Mcdm.Experts;
using Mcdm.Families.Own.Experts;
using Mcdm.Modalities;

namespace Mcdm.Training;

/// <summary>An expert, of pixels or in a space.</summary>
public sealed record ExpertTarget : TrainingTarget
{
    /// <summary>What it is conditioned on; null for an unconditional expert.</summary>
    public Modality? Modality { get; init; }

    /// <summary>What it is called; null where that follows from its modality.</summary>
    public string? Name { get; init; }

    /// <summary>What it predicts; null for what the expert predicts that it starts from, or else the picture.</summary>
    public PredictionKind? Prediction { get; init; }

    /// <summary><see cref="TrainingOptions.LossFloor"/>; null for the usual one.</summary>
    public double? LossFloor { get; init; }

    /// <summary>Side in pixels of the patches that the network looks at; null for the usual one.</summary>
    public int? PatchSize { get; init; }

    /// <summary>Levels of a text expert's network whose positions attend to the sentence's words; null for the deepest.</summary>
    public IReadOnlyList<int>? CrossAttentionLevels { get; init; }

    /// <summary>The model whose expert it starts from, as large and with pictures as large as that where nobody says; null for none.</summary>
    public Model? From { get; init; }

    /// <summary>The expert that one of a modality starts from: that of the same, else the unconditional one; null for none.</summary>
    public Expert? StartOf(Modality? modality) =>
        From?.Experts.FirstOrDefault(expert => expert.Modality == modality && (Name is null || expert.Name == Name)) ?? From?.Unconditional;

    /// <inheritdoc/>
    public override TrainingOptions Options(TrainingOptions settings)
    {
        var start = StartOf(Modality) as TrainedExpert;
        int size = ImageSize ?? start?.Space.PictureHeight ?? Space?.ImageSize ?? Default.ImageSize;
        // In a space the latents are coarse already, so the network looks at each.
        var usual = start?.Options ?? (Space is null ? Default.Network : Default.Network with { PatchSize = 1 });
        int patch = PatchSize ?? usual.PatchSize;
        var (channels, blocks) = Levels(usual.Channels, usual.Blocks, size, patch);
        RequireCrossAttention(channels.Count);
        return settings with
        {
            Modality = Modality,
            Expert = Name,
            ImageSize = size,
            Prediction = Prediction ?? start?.Prediction ?? PredictionKind.Sample,
            LossFloor = LossFloor ?? UsualLossFloor,
            Codec = Space?.Identity,
            Factor = Space?.Factor ?? 1,
            Network = Default.Network with
            {
                ImageChannels = Space?.Channels ?? Default.Network.ImageChannels,
                PatchSize = patch,
                MapFactor = Space?.Factor ?? 1,
                Channels = channels,
                Blocks = blocks,
                AttentionLevels = channels == usual.Channels ? usual.AttentionLevels : [channels.Count - 1],
                HeadChannels = usual.HeadChannels,
                CrossAttentionLevels = CrossAttentionLevels ?? (Modality == Modality.Text ? start?.Options.CrossAttentionLevels : null),
            },
        };
    }

    private void RequireCrossAttention(int levels)
    {
        if (CrossAttentionLevels is null || (Modality == Modality.Text && CrossAttentionLevels.Max() < levels)) { return; }
        throw new McdmException("NetworkLevels", ErrorKind.InvalidArgument,
            $"-CrossAttentionLevels names levels of a text expert's network, 0 to {levels - 1}; " +
            $"{string.Join(", ", CrossAttentionLevels)} of {(Modality is null ? "an unconditional" : $"a {Modality}")} expert are none.");
    }

    /// <inheritdoc/>
    public override string Describe(TrainingOptions options) => $"the {options.Name} expert";

    internal override Objective Objective(PictureDataset dataset, TrainingOptions options, PictureDataset? heldOut) =>
        new ExpertObjective(dataset, options, Space, heldOut);
}
