using Mcdm.Experts;
using Mcdm.Imaging;
using Mcdm.Imaging.Drawing;
using Mcdm.Modalities;

namespace Mcdm.Families.StableDiffusion.Experts;

/// <summary>Control pictures, which lie over what is sampled place by place; and what about one may not be meant.</summary>
internal static class ControlPictures
{
    /// <summary>Shapes that differ by less are one: sides are rounded to the latents'.</summary>
    private const double SameShape = 0.05;

    private const int LightFrom = 128;

    /// <summary>Parts of names of those that read light lines on black.</summary>
    private static readonly string[] s_lines = ["canny", "scribble", "sketch", "pose", "lineart", "softedge", "hed", "mlsd"];

    /// <summary>A condition's picture at the size of what is sampled.</summary>
    /// <param name="condition">The condition.</param>
    /// <param name="expert">The name of its expert.</param>
    /// <param name="keepsHoles">Whether what is transparent means something; else it is white.</param>
    /// <param name="space">The space at the size of what is sampled.</param>
    /// <param name="note">Told, in a sentence each, what had to be converted or cut.</param>
    /// <returns>The picture, and what may not be meant, in a sentence; null for nothing.</returns>
    public static (Picture Picture, string? Doubt) AtSize(Condition condition, string expert, bool keepsHoles, LatentSpace space, Action<string>? note)
    {
        var given = keepsHoles ? condition.Picture! : PictureResize.Flatten(condition.Picture!);
        var picture = PictureResize.Fitted(given, space.PictureWidth, space.PictureHeight, condition.Fit ?? PictureFit.Crop, note);
        if (LooksInverted(expert, picture))
        {
            note?.Invoke($"{condition} is mostly white; experts of lines read light lines on black (ConvertTo-McdmSketch -WhiteOnBlack).");
        }
        return (picture, OtherShape(condition, given, picture));
    }

    /// <summary>Where a picture's shape is not the output's and nobody said what is to become of it, that, in a sentence; else null.</summary>
    /// <param name="condition">The condition.</param>
    /// <param name="given">The picture as it was given.</param>
    /// <param name="output">The picture at the output's size.</param>
    private static string? OtherShape(Condition condition, Picture given, Picture output)
    {
        double ratio = (double)given.Width / given.Height * output.Height / output.Width;
        return condition.Fit is not null || Math.Abs(Math.Log(ratio)) < SameShape ? null
            : $"{condition} has {given.Width}×{given.Height} pixels, another shape than the output's {output.Width}×{output.Height}: its middle is kept "
                + "(New-McdmCondition -Fit Crop, Stretch or Pad).";
    }

    /// <summary>Whether a picture that should have light lines on black is mostly light.</summary>
    /// <param name="expert">The name of its expert.</param>
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
