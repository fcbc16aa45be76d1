using Mcdm.Families.StableDiffusion.Networks;
using Mcdm.Imaging;
using Mcdm.Layers.UNet2D;
using Mcdm.Modalities;
using static System.FormattableString;
using static TorchSharp.torch;

namespace Mcdm.Families.StableDiffusion.Experts;

/// <summary>What a picture adds to a U-Net that reads prompts, by a network of its own.</summary>
/// <param name="name">What its expert is called.</param>
internal abstract class UNetAddition(string name)
{
    /// <summary>What its expert is called.</summary>
    public string Name => name;

    /// <summary>Its network, and the number of its parameters.</summary>
    public abstract (object Network, long Parameters) Network { get; }

    /// <summary>Whether it says the same at every place, as what shuffles does: other programs add that to prompts alone.</summary>
    public virtual bool IsPooled => false;

    /// <summary>Whether it reads pictures with a hole, which is what is transparent in them.</summary>
    public virtual bool ReadsHoles => false;

    /// <summary>What to say of a picture that has none, in a sentence.</summary>
    public string NoHole => $"The picture of '{Name}' has no transparent part, which would be the hole to fill: nothing of it is to be drawn anew.";

    /// <summary>What its network reads of a picture, with batch dimension 1, on any device.</summary>
    /// <param name="picture">The picture at the size of what is sampled.</param>
    public abstract Tensor Read(Picture picture);

    /// <summary>What it adds to the U-Net's skips and middle.</summary>
    /// <param name="z">Noisy latents, float32 [rows, channels, height, width].</param>
    /// <param name="time">Time steps as the U-Net counts them, float32 [rows].</param>
    /// <param name="context">What the U-Net attends to, [rows, tokens, width].</param>
    /// <param name="told">What a U-Net of Stable Diffusion XL is told with the time, with 1 row or as many; null for others.</param>
    /// <param name="picture">What <see cref="Read"/> gave, with 1 row or as many.</param>
    public abstract ControlResiduals Residuals(Tensor z, Tensor time, Tensor context, TextTime? told, Tensor picture);

    /// <summary>Whether its network was trained to take several pictures at once, of which this one reads those of one type.</summary>
    public virtual bool TakesSeveral => false;

    /// <summary>What its network adds for several pictures at once, in its own way of joining them.</summary>
    /// <param name="z">As of <see cref="Residuals"/>.</param>
    /// <param name="time">As of <see cref="Residuals"/>.</param>
    /// <param name="context">As of <see cref="Residuals"/>.</param>
    /// <param name="told">As of <see cref="Residuals"/>.</param>
    /// <param name="pictures">The pictures, each with what reads it and how strongly it acts, [rows or 1]; all of one network that takes several.</param>
    public virtual ControlResiduals Together(Tensor z, Tensor time, Tensor context, TextTime? told, IReadOnlyList<(UNetAddition By, Tensor Picture,
        Tensor Scale)> pictures) => throw new NotSupportedException($"'{Name}' takes one picture.");
}

/// <summary>A picture's part in some inputs.</summary>
/// <param name="By">What adds it to the U-Net.</param>
/// <param name="Picture">What <see cref="UNetAddition.Read"/> gave, [batch or 1, …].</param>
/// <param name="Scale">By what is multiplied what it adds, [batch or 1].</param>
internal sealed record AddedPicture(UNetAddition By, Tensor Picture, Tensor Scale)
{
    /// <summary>By what is multiplied what it adds, over the noise levels; null for 1.</summary>
    public WeightSchedule? Schedule { get; init; }

    /// <summary>Whether what it adds falls by depth, as in guess mode.</summary>
    public bool IsGuess { get; init; }

    /// <summary>Whether pictures of one network that takes several go through it together.</summary>
    public bool IsFused { get; init; }

    /// <summary>How strongly it acts at a noise level, [batch or 1]; null for not at all.</summary>
    /// <param name="t">The level.</param>
    public Tensor? ScaleAt(double t) => (Schedule?.At(t) ?? 1) is var factor && factor == 0 ? null : factor == 1 ? Scale : Scale * factor;

    /// <summary>What it has alike with others in rows of one batch.</summary>
    public string Kind => By.Name + (IsGuess ? " guess" : "")
        + string.Concat(Schedule?.Points.Select(point => Invariant($" {point.Level}={point.Weight:R}")) ?? []);

    /// <summary>The rows that it acts on; null for all.</summary>
    public (long First, long Count)? Rows { get; init; }
}
