using Mcdm.Families.StableDiffusion.Networks;
using Mcdm.Modalities;
using static System.FormattableString;
using static TorchSharp.torch;

namespace Mcdm.Families.StableDiffusion.Experts;

/// <summary>A picture's part in some inputs.</summary>
/// <param name="By">What adds it to the U-Net.</param>
/// <param name="Read">What <see cref="UNetAddition.Read"/> gave, [batch or 1, …] each.</param>
/// <param name="Scale">By what is multiplied what it adds, [batch or 1].</param>
internal sealed record AddedPicture(UNetAddition By, IReadOnlyList<Tensor> Read, Tensor Scale)
{
    /// <summary>By what is multiplied what it adds, over the noise levels; null for 1.</summary>
    public WeightSchedule? Schedule { get; init; }

    /// <summary>Where it acts inside the U-Net, 0…1, float32 [batch or 1, 1, height, width] of any size; null for everywhere.</summary>
    public Tensor? Mask { get; init; }

    /// <summary>Whether what it adds falls by depth, as in guess mode.</summary>
    public bool IsGuess { get; init; }

    /// <summary>Whether pictures of one network that takes several go through it together.</summary>
    public bool IsFused { get; init; }

    /// <summary>The rows that it acts on; null for all.</summary>
    public (long First, long Count)? Rows { get; init; }

    /// <summary>What it has alike with others in rows of one batch.</summary>
    public string Kind => Invariant($"{By.Name} {Read[0].shape[1]}{(IsGuess ? " guess" : "")}{(Mask is null ? "" : " mask")}")
        + string.Concat(Schedule?.Points.Select(point => Invariant($" {point.Level}={point.Weight:R}")) ?? []);

    /// <summary>What it adds to an evaluation, as strongly as it does at a noise level; null for nothing.</summary>
    /// <param name="t">The level.</param>
    /// <param name="rows">The rows that it acts on.</param>
    public UNetAdded? At(double t, UNetRows rows) => ScaleAt(t) is { } scale ? By.Act(this, rows, scale) : null;

    /// <summary>How strongly it acts at a noise level, [batch or 1]; null for not at all.</summary>
    /// <param name="t">The level.</param>
    public Tensor? ScaleAt(double t) => (Schedule?.At(t) ?? 1) is var factor && factor == 0 ? null : factor == 1 ? Scale : Scale * factor;

    /// <summary>The same with each of its tensors made anew.</summary>
    /// <param name="change">Gives the tensor that stands in the place of what a function takes of such a picture.</param>
    public AddedPicture Mapped(Func<Func<AddedPicture, Tensor?>, Tensor?> change) => this with
    {
        Read = Read.Select((_, i) => change(added => added.Read[i])!).ToList(),
        Scale = change(added => added.Scale)!,
        Mask = change(added => added.Mask),
    };
}
