using System.Text.Json.Serialization;

namespace Mcdm.Families.Own.Networks;

/// <summary>Shape of one expert's U-Net; stored in the model pack beside the weights.</summary>
public sealed record UNetOptions
{
    /// <summary>Channels of the picture (3 for RGB).</summary>
    public int ImageChannels { get; init; } = 3;

    /// <summary>Side of the pixel-unshuffle stem's patches: the network works at 1/PatchSize of the picture's resolution.</summary>
    public int PatchSize { get; init; } = 2;

    /// <summary>Pixels of a condition map along each side of one element of z: the factor of the space that the network works in, 1 for pixels.</summary>
    public int MapFactor { get; init; } = 1;

    /// <summary>Channels at each level; every level halves the resolution of the one before.</summary>
    public IReadOnlyList<int> Channels { get; init; } = [48, 96, 192];

    /// <summary>Residual blocks at each level, on the way down and again on the way up.</summary>
    public IReadOnlyList<int> Blocks { get; init; } = [1, 2, 2];

    /// <summary>Levels, counted from 0, that have self-attention.</summary>
    public IReadOnlyList<int> AttentionLevels { get; init; } = [2];

    /// <summary>Levels that have cross-attention in a text expert; null for those with self-attention.</summary>
    public IReadOnlyList<int>? CrossAttentionLevels { get; init; }

    /// <summary>Channels of one attention head, at least.</summary>
    public int HeadChannels { get; init; } = 32;

    /// <summary>Channels of a condition given as a map at the picture's resolution (sketch 1, segment parts + 1); 0 for none.</summary>
    public int ConditionChannels { get; init; }

    /// <summary>The text encoder in front of the U-Net; null for experts that read no text.</summary>
    public TextEncoderOptions? Text { get; init; }

    /// <summary>Channels of the time embedding.</summary>
    [JsonIgnore]
    public int TimeChannels => 4 * Channels[0];

    /// <summary>Whether the positions of a level attend to a sentence's tokens.</summary>
    internal bool HasCrossAttention(int level) => Text is not null && (CrossAttentionLevels ?? AttentionLevels).Contains(level);

    /// <summary>The levels, for people to read.</summary>
    [JsonIgnore]
    internal string Levels => $"patches of {PatchSize} on {ImageChannels} planes at 1/{MapFactor} of the picture's size, "
        + $"channels {string.Join(", ", Channels)}, blocks {string.Join(", ", Blocks)}, attention at {string.Join(", ", AttentionLevels)}";

    /// <summary>Whether two networks differ at most in the condition they read.</summary>
    internal bool HasLevelsOf(UNetOptions other) => ImageChannels == other.ImageChannels && PatchSize == other.PatchSize && MapFactor == other.MapFactor
        && Channels.SequenceEqual(other.Channels) && Blocks.SequenceEqual(other.Blocks) && AttentionLevels.SequenceEqual(other.AttentionLevels);
}

/// <summary>Shape of the transformer that reads a text expert's captions.</summary>
public sealed record TextEncoderOptions
{
    /// <summary>Entries of the vocabulary.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>Longest sequence in tokens; longer captions are cut.</summary>
    public int MaxTokens { get; init; } = 48;

    /// <summary>Channels of a token's embedding.</summary>
    public int Channels { get; init; } = 128;

    /// <summary>Transformer layers.</summary>
    public int Layers { get; init; } = 3;

    /// <summary>Attention heads a layer.</summary>
    public int Heads { get; init; } = 4;
}
