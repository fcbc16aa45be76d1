using Mcdm.Diffusion.Process;
using Mcdm.Diffusion.Samplers;
using static System.FormattableString;
using static TorchSharp.torch;

namespace Mcdm.Diffusion.Composition;

/// <summary>
/// Counts once what several conditions say alike: each condition's push is there in full, once. Conditions are functions of the picture, independent given
/// z_0 but not given z_t, so where z_t does not show yet what two of them tell, (12) adds it twice. With m_i = w_i within 0…1 and d_i = m_i δ_i, in a
/// window W around each place the shares κ, one a term for all channels, solve <c>min ½‖Σ_j κ_j d_j‖²_W − Σ_i κ_i ‖d_i‖²_W, 0 ≤ κ ≤ 1</c>, so that where no
/// bound holds <c>⟨Σ_j κ_j d_j, d_i⟩_W = ‖d_i‖²_W</c>: the composed push, seen along each condition's own, has that one's length. Orthogonal pushes have κ
/// = 1, which is (12), and so have opposed ones; of equal pushes the κ sum to one; of parallel ones the longer counts and the shorter is in it. A negative
/// weight (NOT) takes no part, and neither does the size of weights over 1: guidance of 7.5 is what it was.
/// </summary>
/// <remarks>
/// True of conditions that are noise-free functions of the picture, of which two equal ones are one. Repeated noisy measurements are more evidence than
/// one: there <see cref="Precision"/> is right. Own derivation (docs/shared-evidence.md); no table, no training, and no evaluation where ε_u is evaluated
/// anyway.
/// </remarks>
/// <param name="Rescale">φ.</param>
/// <param name="Easing">
/// e, 0…100: the rule gives way to (12) as noise falls, <c>κ → 1 − σ^e (1 − κ)</c>. What conditions share is settled while there is much noise; 0 never
/// gives way.
/// </param>
public sealed record Projection(double Rescale = 0, double Easing = 0) : SharedSum(Rescale)
{
    private const double MostEasing = 100;

    /// <summary>Side of W.</summary>
    private const int Window = 5;

    private protected override Tensor Counted(Tensor differences, Tensor parts, Predictions predictions, NoiseLevel level) =>
        (1 - Math.Pow(level.Sigma, Easing) * (1 - Shares(parts * differences))) * differences;

    /// <summary>κ of pushes d, [J, B, 1, H, W] of [J, B, C, H, W].</summary>
    internal static Tensor Shares(Tensor pushes)
    {
        long terms = pushes.shape[0], pictures = pushes.shape[1], height = pushes.shape[3], width = pushes.shape[4];
        var products = new List<Tensor>();
        for (int i = 0; i < terms; i++)
        {
            for (int j = 0; j <= i; j++) { products.Add((pushes[i] * pushes[j]).sum(dim: 1)); }
        }
        // ⟨d_i, d_j⟩_W up to a factor that all at a place share: [B, H, W, pairs].
        var gram = nn.functional.avg_pool2d(stack(products), Window, stride: 1, padding: Window / 2).permute(1, 2, 3, 0);
        var shares = new float[pictures * height * width * terms];
        SharesInBox.Solve(gram.ToFloats(), shares, (int)terms, (int)width);
        return tensor(shares, [pictures, 1, height, width, terms], device: pushes.device).permute(4, 0, 1, 2, 3);
    }

    private protected override void CheckSettings(DiffusionProcess process, SamplerOptions sampling)
    {
        base.CheckSettings(process, sampling);
        if (Easing is not (>= 0 and <= MostEasing))
        {
            throw new McdmException("EasingOutOfRange", ErrorKind.InvalidArgument,
                Invariant($"The easing {Easing} is out of range; it goes from 0 (the rule holds at every noise level) to {MostEasing}."));
        }
    }
}
