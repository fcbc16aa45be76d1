using static TorchSharp.torch;

namespace Mcdm.Modalities;

/// <summary>What an encoder needs to know beside the size of pictures; a model pack keeps it.</summary>
public sealed record EncoderData
{
    /// <summary>Classes of masks, in the order of the network's channels; null for modalities without parts.</summary>
    public IReadOnlyList<Part>? Parts { get; init; }

    /// <summary>Words, pieces of words or labels, in the order of the network's token numbers; null for modalities without words.</summary>
    public IReadOnlyList<string>? Vocabulary { get; init; }

    /// <summary>How the captions that were learnt from state attributes; null where that is not known.</summary>
    public IReadOnlyList<Phrase>? Phrases { get; init; }

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

    /// <summary>Encoded conditions as a batch.</summary>
    /// <param name="conditions">At least one, each with batch dimension 1.</param>
    public Tensor Join(IReadOnlyList<Tensor> conditions) => VocabularySize > 0 ? JoinTokens(conditions) : JoinRows(conditions);

    /// <summary>Sequences of tokens as a batch; those that are shorter than the longest are padded with 0.</summary>
    /// <param name="sequences">At least one, each [rows, tokens, …].</param>
    public static Tensor JoinTokens(IReadOnlyList<Tensor> sequences)
    {
        long longest = sequences.Max(tokens => tokens.shape[1]);
        return JoinRows(sequences.Select(tokens => tokens.shape[1] == longest ? tokens : Padded(tokens, longest)).ToList());
    }

    /// <summary>Tensors that differ in their rows alone as a batch.</summary>
    /// <param name="tensors">At least one.</param>
    public static Tensor JoinRows(IReadOnlyList<Tensor> tensors) => tensors.Count == 1 ? tensors[0].alias() : cat(tensors.ToArray());

    private static Tensor Padded(Tensor tokens, long length) =>
        cat([tokens, zeros([tokens.shape[0], length - tokens.shape[1], .. tokens.shape[2..]], tokens.dtype, tokens.device)], 1);
}
