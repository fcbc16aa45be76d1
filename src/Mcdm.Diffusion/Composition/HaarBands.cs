using static TorchSharp.torch;

namespace Mcdm.Diffusion.Composition;

/// <summary>
/// The orthonormal Haar basis of pictures (Haar 1910; Mallat 1989): at every scale differences across, down and both ways, and what is left at the
/// coarsest. Squares of coefficients sum to squares of pixels.
/// </summary>
internal static class HaarBands
{
    /// <summary>Bands of a scale.</summary>
    private const int Ways = 3;

    /// <summary>Bands that a basis of some scales has: three a scale, and what is left.</summary>
    public static int Count(int scales) => Ways * scales + 1;

    /// <summary>Scales of a basis with some bands.</summary>
    public static int Scales(int bands) => (bands - 1) / Ways;

    /// <summary>How often a picture can be halved.</summary>
    public static int ScalesOf(long height, long width) => height % 2 == 0 && width % 2 == 0 ? 1 + ScalesOf(height / 2, width / 2) : 0;

    /// <summary>Coefficients, a tensor [..., h, w] a band, the finest scale first.</summary>
    /// <param name="x">Pictures [..., H, W].</param>
    /// <param name="scales">How often they are halved; their sides are multiples of 2 to this power.</param>
    public static List<Tensor> Split(Tensor x, int scales)
    {
        var bands = new List<Tensor>();
        for (int scale = 0; scale < scales; scale++)
        {
            var square = x.reshape([.. x.shape[..^2], x.shape[^2] / 2, 2, x.shape[^1] / 2, 2]);
            Tensor At(int row, int column) => square.select(-3, row).select(-1, column);
            var (a, b, c, d) = (At(0, 0), At(0, 1), At(1, 0), At(1, 1));
            bands.AddRange([(a - b + c - d) / 2, (a + b - c - d) / 2, (a - b - c + d) / 2]);
            x = (a + b + c + d) / 2;
        }
        bands.Add(x);
        return bands;
    }

    /// <summary>The pictures of coefficients.</summary>
    public static Tensor Join(IReadOnlyList<Tensor> bands)
    {
        var x = bands[^1];
        for (int i = bands.Count - 1 - Ways; i >= 0; i -= Ways)
        {
            var (across, down, both) = (bands[i], bands[i + 1], bands[i + 2]);
            var top = stack([x + across + down + both, x - across + down - both], -1).flatten(-2);
            var bottom = stack([x + across - down - both, x - across - down + both], -1).flatten(-2);
            x = stack([top, bottom], -2).flatten(-3, -2) / 2;
        }
        return x;
    }
}
