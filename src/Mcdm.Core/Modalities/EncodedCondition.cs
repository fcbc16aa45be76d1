using static TorchSharp.torch;

namespace Mcdm.Modalities;

/// <summary>What a condition became for an expert's network.</summary>
/// <param name="Tensor">What the network reads, with batch dimension 1.</param>
/// <param name="Normal">The condition as it was understood, at the encoder's own size: encoding it again gives the same tensor. Null where the expert does not say.</param>
public readonly record struct EncodedCondition(Tensor Tensor, Condition? Normal = null)
{
    /// <summary>A tensor alone.</summary>
    public static implicit operator EncodedCondition(Tensor tensor) => new(tensor);
}
