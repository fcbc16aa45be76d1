using Mcdm.Diffusion.Process;
using static System.FormattableString;
using static TorchSharp.torch;

namespace Mcdm.Diffusion.Samplers;

/// <summary>A run that starts from pictures instead of noise alone: at z_t = q(z_t | z_0), and, where a mask says so, keeps parts of them.</summary>
/// <param name="Z0">The pictures or their latents, float32 [batch or 1, channels, height, width].</param>
/// <param name="Strength">Share of the steps that is taken, in (0, 1]: near 0 the pictures hardly change, 1 starts at the noisiest level.</param>
/// <param name="Mask">1 where something new is drawn, 0 where the pictures are kept, float32 [batch or 1, 1, height, width]; null to draw all anew.</param>
public sealed record PictureStart(Tensor Z0, double Strength = 1, Tensor? Mask = null)
{
    /// <summary>Whether a run of all steps starts from noise alone, with nothing of the pictures in it.</summary>
    public bool FromNoise { get; init; }

    /// <summary>The steps that are taken of a run's, at least one.</summary>
    public int StepsOf(int steps) => Math.Clamp((int)(steps * Strength), 1, steps);

    /// <summary>Refuses a strength out of range.</summary>
    /// <exception cref="McdmException"><c>StrengthOutOfRange</c>.</exception>
    public void Check()
    {
        if (Strength is not (> 0 and <= 1))
        {
            throw new McdmException("StrengthOutOfRange", ErrorKind.InvalidArgument,
                Invariant($"The strength {Strength} is out of range; it is above 0 (the picture hardly changes) and at most 1 (all steps are taken)."));
        }
    }

    /// <summary>z_s with the kept part as the pictures would be there: q(z_s | z_0) with the run's own noise.</summary>
    /// <param name="z">z_s.</param>
    /// <param name="noise">The noise that the run started with, of z's shape.</param>
    /// <param name="level">s; at the clean one the pictures themselves.</param>
    public Tensor Keep(Tensor z, Tensor noise, NoiseLevel level) =>
        Mask is null ? z : Mask * z + (1 - Mask) * level.Diffuse(Z0, noise);
}
