namespace Mcdm.Evaluation;

/// <summary>Shape of a judge's network; stored in its folder beside the weights.</summary>
public sealed record JudgeNetworkOptions
{
    /// <summary>Channels of the picture (3 for RGB).</summary>
    public int ImageChannels { get; init; } = 3;

    /// <summary>Side of the pixel-unshuffle stem's patches: the network works at 1/PatchSize of the picture's resolution.</summary>
    public int PatchSize { get; init; } = 2;

    /// <summary>Channels at each level; every level halves the resolution of the one before. The last is the number of features.</summary>
    public IReadOnlyList<int> Channels { get; init; } = [32, 64, 128];

    /// <summary>Residual blocks at each level, on the way down and again on the way up.</summary>
    public IReadOnlyList<int> Blocks { get; init; } = [1, 1, 2];

    /// <summary>Classes of each attribute, "cannot be seen" among them; none for a judge of masks alone.</summary>
    public IReadOnlyList<int> AttributeClasses { get; init; } = [];

    /// <summary>Classes of the mask; 0 for a judge of attributes alone.</summary>
    public int Parts { get; init; }
}
