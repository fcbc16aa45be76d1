using static TorchSharp.torch;

namespace Mcdm.Families.StableDiffusion.Experts;

/// <summary>
/// Colours guessed from latents by a linear map, channel by channel: thousands of times faster than decoding. The map is fitted, by least squares, to
/// patches of random colours that the encoder has seen.
/// </summary>
internal sealed class LinearPreview : IDisposable
{
    /// <summary>Patches along each side of the picture that is fitted to, and latents along each side of a patch.</summary>
    private const int Patches = 6, LatentsPerPatch = 2;

    private readonly Tensor _map;
    private readonly int _factor;

    private LinearPreview(Tensor map, int factor) => (_map, _factor) = (map, factor);

    /// <summary>Fits the map.</summary>
    /// <param name="encode">Pictures in −1…1 to latents.</param>
    /// <param name="factor">Pixels along each side of one latent.</param>
    /// <param name="device">Where the encoder computes.</param>
    public static LinearPreview Fit(Func<Tensor, Tensor> encode, int factor, Device device)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        using var generator = new Generator(0);
        var colours = 2 * rand([1, 3, Patches, Patches], generator: generator) - 1;
        int latent = LatentsPerPatch, pixels = latent * factor;
        var latents = encode(colours.repeat_interleave(pixels, 2).repeat_interleave(pixels, 3).to(device)).cpu();
        var seen = colours.repeat_interleave(latent, 2).repeat_interleave(latent, 3);
        var x = WithOne(latents).flatten(2)[0].t().to(ScalarType.Float64);
        var y = seen.flatten(2)[0].t().to(ScalarType.Float64);
        // A little of the identity keeps the map finite where channels say the same.
        var map = linalg.solve(x.t().matmul(x) + 1e-3 * eye(x.shape[1], dtype: ScalarType.Float64), x.t().matmul(y));
        return new LinearPreview(map.to(ScalarType.Float32).to(device).DetachFromDisposeScope(), factor);
    }

    /// <param name="latents">[batch, channels, height, width]</param>
    /// <returns>Pictures in −1…1, [batch, 3, height × factor, width × factor].</returns>
    public Tensor Show(Tensor latents)
    {
        using var scope = NewDisposeScope();
        var colours = WithOne(latents).permute(0, 2, 3, 1).matmul(_map).permute(0, 3, 1, 2).clamp(-1, 1);
        return colours.repeat_interleave(_factor, 2).repeat_interleave(_factor, 3).MoveToOuterDisposeScope();
    }

    /// <summary>Disposes the map.</summary>
    public void Dispose() => _map.Dispose();

    private static Tensor WithOne(Tensor latents) => cat([latents, ones_like(latents.narrow(1, 0, 1))], 1);
}
