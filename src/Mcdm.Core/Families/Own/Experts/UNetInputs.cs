using Mcdm.Experts;
using Mcdm.Modalities;
using static TorchSharp.torch;

namespace Mcdm.Families.Own.Experts;

/// <summary>What a U-Net of ours reads, as the condition's encoder gave it: tokens or a map.</summary>
internal sealed record UNetInputs : ExpertInputs<UNetInputs>
{
    /// <summary>Token numbers, int64 [batch, tokens]; 0 is padding.</summary>
    public Tensor? Tokens { get; init; }

    /// <summary>[batch, channels, rows, columns] of pixels.</summary>
    public Tensor? Map { get; init; }

    /// <summary>That of the two that there is.</summary>
    public Tensor Condition => Tokens ?? Map!;

    /// <summary>A condition as the network reads it.</summary>
    public static UNetInputs Of(NetworkInput input, Tensor condition) => input.VocabularySize > 0 ? new() { Tokens = condition } : new() { Map = condition };

    /// <inheritdoc/>
    protected override UNetInputs Mapped(EachTensor<UNetInputs> map) => new()
    {
        Tokens = map(inputs => inputs.Tokens, isSequence: true),
        Map = map(inputs => inputs.Map),
    };
}
