using Mcdm.Diffusion.Composition;
using Mcdm.Modalities;
using static TorchSharp.torch;

namespace Mcdm.Experts;

/// <summary>One expert's part in one picture, with its weight w_i = number × schedule × region.</summary>
/// <param name="Expert">The expert; the one without modality has what the others' weights leave.</param>
/// <param name="Inputs">What it reads, with batch dimension 1; null for nothing.</param>
internal sealed record ExpertTerm(IExpert Expert, ExpertInputs? Inputs) : IDisposable
{
    /// <summary>The condition as the expert understood it; null where it does not say, and for ε_u.</summary>
    public Condition? Normal { get; init; }

    /// <summary>Why the expert may not make of the condition what is meant, in a sentence; null for no reason.</summary>
    public string? Doubt { get; init; }

    /// <summary>What terms of different pictures have alike that are rows of one batch.</summary>
    public (IExpert Expert, string Form) Kind => (Expert, Inputs?.Form ?? "");

    /// <summary>The condition's own weight.</summary>
    public double Number { get; init; } = 1;

    /// <summary>Factor over the noise levels; null for 1.</summary>
    public WeightSchedule? Schedule { get; init; }

    /// <summary>Factor of each pixel, 0…1, float32 [1, 1, height, width]; null for 1 everywhere.</summary>
    public Tensor? Region { get; init; }

    /// <summary>The level below which it weighs nothing; 0 for none.</summary>
    public double EndLevel { get; init; }

    /// <summary>Whether the weight is the same number at every level and pixel.</summary>
    public bool IsConstant => Schedule is null && Region is null && EndLevel == 0;

    /// <summary>What a combiner asks of its weight.</summary>
    public TermWeight Weight => new(Number, IsConstant, Number < 0 || Schedule?.Points.Any(point => point.Weight < 0) == true);

    /// <summary>As <see cref="Weight"/>, at a noise level.</summary>
    public TermWeight WeightAt(double t) => new(At(t), Region is null, At(t) < 0);

    /// <summary>Number × schedule at a noise level, as far down as it counts.</summary>
    public double At(double t) => t < EndLevel ? 0 : Number * (Schedule?.At(t) ?? 1);

    /// <summary>ε_u's term.</summary>
    /// <param name="expert">The expert without modality.</param>
    /// <param name="negative">What stands in the place of the empty prompt; null for nothing.</param>
    /// <param name="note">Told, in a sentence each, what had to be converted or cut.</param>
    public static ExpertTerm Unconditional(IExpert expert, Condition? negative, Action<string>? note)
    {
        if (negative is null) { return new(expert, expert.Unconditioned()); }
        var encoded = expert.Encode(negative, note);
        return new(expert, encoded.Inputs) { Doubt = encoded.Doubt };
    }

    /// <summary>Disposes of the inputs and the region; the expert stays.</summary>
    public void Dispose()
    {
        Inputs?.Dispose();
        Region?.Dispose();
    }
}
