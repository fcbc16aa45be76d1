using static TorchSharp.torch;

namespace Mcdm.Modalities;

/// <summary>What a condition became for a network.</summary>
/// <param name="Tensor">A map or tokens, with batch dimension 1.</param>
/// <param name="Normal">The condition as it was understood, at the encoder's own size: encoding it again gives the same tensor.
/// Null where the encoder does not say.</param>
/// <param name="Doubt">Why it may not be made of it what is meant, in a sentence; null for no reason.</param>
public readonly record struct EncodedCondition(Tensor Tensor, Condition? Normal = null, string? Doubt = null);
