using Mcdm.Modalities;

namespace Mcdm.Experts;

/// <summary>What a condition became for an expert.</summary>
/// <param name="Inputs">What its network reads, with batch dimension 1; the caller owns it.</param>
/// <param name="Normal">The condition as it was understood, at the expert's own size: encoding it again gives the same.
/// Null where the expert does not say.</param>
/// <param name="Doubt">Why the expert may not make of it what is meant, in a sentence; null for no reason.</param>
public sealed record EncodedInputs(ExpertInputs Inputs, Condition? Normal = null, string? Doubt = null)
{
    /// <summary>By what the condition's weight is multiplied.</summary>
    public double Factor { get; init; } = 1;

    /// <summary>What else the one condition asks for, each a term of its own with its own factor, as after the word AND in a prompt.</summary>
    public IReadOnlyList<EncodedInputs> Further { get; init; } = [];

    /// <summary>Gives the inputs with no picture in the condition's place, for ε_u where other programs have none there; null where they have it.</summary>
    public Func<ExpertInputs?>? WithoutPicture { get; init; }

    /// <summary>Several doubts as one; null where there is none.</summary>
    internal static string? Doubts(IEnumerable<string?> doubts) => string.Join(' ', doubts.OfType<string>()) is { Length: > 0 } told ? told : null;
}
