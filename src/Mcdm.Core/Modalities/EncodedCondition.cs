using static TorchSharp.torch;

namespace Mcdm.Modalities;

/// <summary>What a condition became for an expert's network.</summary>
/// <param name="Tensors">What the network reads, with batch dimension 1.</param>
/// <param name="Normal">The condition as it was understood, at the encoder's own size: encoding it again gives the same tensors. Null where the expert does not say.</param>
public readonly record struct EncodedCondition(ConditionTensors Tensors, Condition? Normal = null)
{
    /// <summary>The first tensor, which most experts have alone.</summary>
    public Tensor Tensor => Tensors.First;

    /// <summary>A tensor alone.</summary>
    public static implicit operator EncodedCondition(Tensor tensor) => new(tensor);
}
