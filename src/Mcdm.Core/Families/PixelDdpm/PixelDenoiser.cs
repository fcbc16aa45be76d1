using Mcdm.Diffusion.Process;
using Mcdm.Experts;
using static TorchSharp.torch;

namespace Mcdm.Families.PixelDdpm;

/// <summary>A U-Net of diffusers over pixels, evaluated layer by layer; it reads nothing beside z_t.</summary>
/// <param name="network">The network.</param>
internal sealed class PixelDenoiser(UNet2DModel network) : IDenoiser
{
    /// <inheritdoc/>
    public Tensor Predict(Tensor z, NoiseLevel level, ExpertInputs? inputs)
    {
        using var scope = NewDisposeScope();
        return network.Forward(z, full([z.shape[0]], level.T - 1, dtype: ScalarType.Float32, device: z.device)).MoveToOuterDisposeScope();
    }
}
