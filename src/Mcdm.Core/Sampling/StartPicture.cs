using Mcdm.Imaging;

namespace Mcdm.Sampling;

/// <summary>A picture that sampling starts from, in place of noise alone.</summary>
/// <param name="Picture">The picture; it is brought to the size of what is sampled.</param>
/// <param name="Strength">Share of the steps that is taken, above 0 (the picture hardly changes) up to 1.</param>
/// <param name="Mask">White where something new is drawn, black where the picture is kept, grey between; null to draw all anew.</param>
/// <param name="Source">Where the picture came from, for people to read.</param>
public sealed record StartPicture(Picture Picture, double Strength = StartPicture.UsualStrength, Picture? Mask = null, string? Source = null)
{
    /// <summary>The strength where none is given; a network that fills holes takes all steps.</summary>
    public const double UsualStrength = 0.6;
}
