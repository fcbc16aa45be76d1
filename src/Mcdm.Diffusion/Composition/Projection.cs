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
/// e: the rule gives way to (12) as noise falls, the sooner the less a push is like the others', <c>κ_i → 1 − σ^(e (1−ρ_i)²) (1 − κ_i)</c> with ρ_i the
/// cosine, at least 0, of d_i and Σ_{j≠i} d_j in the whole picture: in a window nearly all pushes look alike. What is the same is counted once to the end;
/// signs that are only alike are added up once it is settled what the picture is. 0…10,000; 0 never gives way.
/// </param>
public sealed record Projection(double Rescale = 0, double Easing = 0) : SharedSum(Rescale)
{
    private const double MostEasing = 10_000;

    /// <summary>Side of W.</summary>
    private const int Window = 5;

    private protected override Tensor Counted(Tensor differences, Tensor parts, Predictions predictions, NoiseLevel level) =>
        Shares(parts * differences, Easing * Math.Log(level.Sigma)) * differences;

    /// <summary>κ of pushes d, [J, B, 1, H, W] of [J, B, C, H, W].</summary>
    /// <param name="pushes">d.</param>
    /// <param name="easing">e ln σ; 0 for shares that do not give way.</param>
    internal static Tensor Shares(Tensor pushes, double easing = 0)
    {
        long terms = pushes.shape[0], pictures = pushes.shape[1], height = pushes.shape[3], width = pushes.shape[4];
        var pairs = new List<Tensor>();
        for (int i = 0; i < terms; i++)
        {
            for (int j = 0; j <= i; j++) { pairs.Add((pushes[i] * pushes[j]).sum(dim: 1)); }
        }
        // ⟨d_i, d_j⟩_W up to a factor that all at a place share: [B, H, W, pairs].
        var gram = nn.functional.avg_pool2d(stack(pairs), Window, stride: 1, padding: Window / 2).permute(1, 2, 3, 0);
        var shares = new float[pictures * height * width * terms];
        float[] products = gram.ToFloats();
        SharesInBox.Solve(products, shares, (int)terms, (int)width);
        if (easing != 0) { GiveWay(products, shares, (int)terms, (int)(height * width), easing); }
        return tensor(shares, [pictures, 1, height, width, terms], device: pushes.device).permute(4, 0, 1, 2, 3);
    }

    /// <summary>κ_i → 1 − exp(e ln σ (1−ρ_i)²) (1 − κ_i), with one ρ_i for a picture.</summary>
    /// <param name="gram">⟨d_i, d_j⟩_W of each place, the lower triangle row by row: their sums are those of the picture.</param>
    /// <param name="shares">κ of each place.</param>
    /// <param name="terms">N.</param>
    /// <param name="places">Places of a picture.</param>
    /// <param name="easing">e ln σ.</param>
    private static void GiveWay(float[] gram, float[] shares, int terms, int places, double easing)
    {
        int pairs = terms * (terms + 1) / 2;
        for (int first = 0; first < shares.Length / terms; first += places)
        {
            var sums = new double[terms, terms];
            for (int at = first * pairs; at < (first + places) * pairs;)
            {
                for (int i = 0; i < terms; i++)
                {
                    for (int j = 0; j <= i; j++) { sums[i, j] += gram[at++]; }
                }
            }
            double[] stays = Array.ConvertAll(Alike(sums), alike => Math.Exp(easing * (1 - alike) * (1 - alike)));
            for (int at = first * terms; at < (first + places) * terms; at++) { shares[at] = (float)(1 - stays[at % terms] * (1 - shares[at])); }
        }
    }

    /// <summary>ρ_i, from the lower triangle of ⟨d_i, d_j⟩; 0 for a push without others.</summary>
    private static double[] Alike(double[,] sums)
    {
        int terms = sums.GetLength(0);
        double Product(int i, int j) => i < j ? sums[j, i] : sums[i, j];
        return [.. Enumerable.Range(0, terms).Select(i =>
        {
            var others = Enumerable.Range(0, terms).Where(j => j != i).ToList();
            double lengths = Product(i, i) * others.Sum(j => others.Sum(k => Product(j, k)));
            return lengths > 0 ? Math.Clamp(others.Sum(j => Product(i, j)) / Math.Sqrt(lengths), 0, 1) : 0;
        })];
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
