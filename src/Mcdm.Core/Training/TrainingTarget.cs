using Mcdm.Datasets;
using Mcdm.Families.Own.Experts;

namespace Mcdm.Training;

/// <summary>What a run trains, as it is asked for; what is not asked for has the defaults of its kind.</summary>
public abstract record TrainingTarget
{
    private const double LossFloorOfLatents = 0.2;
    private protected static readonly TrainingOptions Default = new();

    /// <summary>The space that is trained in, or whose decoder is trained; null for pixels.</summary>
    public TrainedCodec? Space { get; init; }

    /// <summary>Side of the square pictures in pixels; null for the space's, or else the usual one.</summary>
    public int? ImageSize { get; init; }

    /// <summary>Channels of the network's levels; null for the usual ones.</summary>
    public IReadOnlyList<int>? Channels { get; init; }

    /// <summary>Residual blocks of the network's levels; null for the usual ones.</summary>
    public IReadOnlyList<int>? Blocks { get; init; }

    /// <summary>What a run that has begun trains.</summary>
    /// <param name="started">How it was started.</param>
    /// <param name="space">The space that it was started in; null for pixels.</param>
    public static TrainingTarget Of(TrainingOptions started, TrainedCodec? space) =>
        started.Judge is not null ? new JudgeTarget()
        : started.Autoencoder is not null ? new AutoencoderTarget { Space = space }
        : new ExpertTarget { Space = space };

    /// <summary>How it is trained.</summary>
    /// <param name="settings">What all kinds have alike.</param>
    /// <exception cref="McdmException"><c>NetworkLevels</c> or <c>ImageSizeIndivisible</c>.</exception>
    public abstract TrainingOptions Options(TrainingOptions settings);

    /// <summary>What to call it, such as "the sketch expert".</summary>
    /// <param name="options">How it is trained.</param>
    public abstract string Describe(TrainingOptions options);

    /// <summary>Its network and its loss.</summary>
    internal abstract Objective Objective(PictureDataset dataset, TrainingOptions options, PictureDataset? heldOut);

    /// <summary><see cref="TrainingOptions.LossFloor"/> where nobody says: latents have more noise of their own than pixels.</summary>
    private protected double UsualLossFloor => Space is null ? Default.LossFloor : LossFloorOfLatents;

    /// <summary>The levels of a U-Net, where they fit each other and the pictures.</summary>
    private protected (IReadOnlyList<int> Channels, IReadOnlyList<int> Blocks) Levels(
        IReadOnlyList<int> usualChannels, IReadOnlyList<int> usualBlocks, int size, int patch)
    {
        var (channels, blocks) = (Channels ?? usualChannels, Blocks ?? usualBlocks);
        if (channels.Count != blocks.Count)
        {
            throw new McdmException("NetworkLevels", ErrorKind.InvalidArgument,
                $"-Channels names {channels.Count} levels and -Blocks {blocks.Count}; give one number of each a level.");
        }
        int factor = patch * (Space?.Factor ?? 1) << (channels.Count - 1);
        if (size % factor != 0)
        {
            throw new McdmException("ImageSizeIndivisible", ErrorKind.InvalidArgument,
                $"Pictures of {size} pixels do not fit a network of {channels.Count} levels" +
                $"{(Space is null ? "" : $" in a space of factor {Space.Factor}")} and patches of {patch}; give a multiple of {factor}.");
        }
        return (channels, blocks);
    }
}
