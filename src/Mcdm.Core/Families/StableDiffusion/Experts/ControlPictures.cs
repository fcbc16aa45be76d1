using Mcdm.Imaging;
using Mcdm.Modalities;

namespace Mcdm.Families.StableDiffusion.Experts;

/// <summary>What about a control picture may not be meant.</summary>
internal static class ControlPictures
{
    /// <summary>Shapes that differ by less are one: sides are rounded to the latents'.</summary>
    private const double SameShape = 0.05;

    private const int LightFrom = 128;

    /// <summary>Parts of names of ControlNets that read light lines on black.</summary>
    private static readonly string[] s_lines = ["canny", "scribble", "pose", "lineart", "softedge", "hed", "mlsd"];

    /// <summary>Where a picture's shape is not the output's and nobody said what is to become of it, that, in a sentence; else null.</summary>
    /// <param name="condition">The condition.</param>
    /// <param name="given">The picture as it was given.</param>
    /// <param name="output">The picture at the output's size.</param>
    public static string? OtherShape(Condition condition, Picture given, Picture output)
    {
        double ratio = (double)given.Width / given.Height * output.Height / output.Width;
        return condition.Fit is not null || Math.Abs(Math.Log(ratio)) < SameShape ? null
            : $"{condition} has {given.Width}×{given.Height} pixels, another shape than the output's {output.Width}×{output.Height}: its middle is kept "
                + "(New-McdmCondition -Fit Crop, Stretch or Pad).";
    }

    /// <summary>Whether a picture that should have light lines on black is mostly light.</summary>
    /// <param name="expert">The name of its ControlNet.</param>
    /// <param name="picture">The picture, opaque.</param>
    public static bool LooksInverted(string expert, Picture picture)
    {
        if (!s_lines.Any(part => expert.Contains(part, StringComparison.OrdinalIgnoreCase))) { return false; }
        int light = 0;
        for (int at = 0; at < picture.Rgba.Length; at += 4)
        {
            if (picture.Rgba[at] + picture.Rgba[at + 1] + picture.Rgba[at + 2] >= 3 * LightFrom) { light++; }
        }
        return 2 * light > picture.Width * picture.Height;
    }
}
