using Mcdm.Modalities;

namespace Mcdm.Experts;

/// <summary>What a condition became for an expert.</summary>
/// <param name="Inputs">What its network reads, with batch dimension 1; the caller owns it.</param>
/// <param name="Normal">The condition as it was understood, at the expert's own size: encoding it again gives the same.
/// Null where the expert does not say.</param>
/// <param name="Doubt">Why the expert may not make of it what is meant, in a sentence; null for no reason.</param>
public readonly record struct EncodedInputs(ExpertInputs Inputs, Condition? Normal = null, string? Doubt = null);
