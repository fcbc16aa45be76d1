namespace Mcdm.Modalities;

/// <summary>What an encoder needs to know beside the size of pictures; a model pack keeps it.</summary>
public sealed record EncoderData
{
    /// <summary>Classes of masks, in the order of the network's channels; null for modalities without parts.</summary>
    public IReadOnlyList<Part>? Parts { get; init; }

    /// <summary>Words, pieces of words or labels, in the order of the network's token numbers; null for modalities without words.</summary>
    public IReadOnlyList<string>? Vocabulary { get; init; }

    /// <summary>Longest sequence of tokens that the network reads.</summary>
    public int MaxTokens { get; init; } = 48;

    /// <summary>All of it as text, in order: equal for equal data.</summary>
    internal IEnumerable<string> Lines => Vocabulary ?? Parts?.Select(part => part.ToString()) ?? [];
}

/// <summary>What a network reads: a map beside z_t, or tokens by cross-attention.</summary>
/// <param name="MapChannels">Channels of a map at the picture's resolution; 0 for tokens.</param>
/// <param name="VocabularySize">Number of different tokens; 0 for a map.</param>
public sealed record NetworkInput(int MapChannels, int VocabularySize)
{
    /// <summary>A map.</summary>
    public static NetworkInput Map(int channels) => new(channels, 0);

    /// <summary>Tokens; number 0 is padding.</summary>
    public static NetworkInput Tokens(int vocabularySize) => new(0, vocabularySize);
}
