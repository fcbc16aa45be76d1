using Mcdm.Diffusion.Process;
using Mcdm.Experts;
using Mcdm.Families.Own.Networks;
using static TorchSharp.torch;

namespace Mcdm.Families.Own.Experts;

/// <summary>A U-Net of ours evaluated layer by layer, as any device and arithmetic can.</summary>
/// <param name="network">The network; stays the caller's.</param>
/// <param name="because">Why it has no faster form, as a clause; null where nobody asked for one.</param>
internal sealed class PlainUNet(UNet network, string? because = null) : IDenoiser
{
    /// <summary>Why the network has no faster form, as a clause; null where nobody asked for one.</summary>
    public string? Because => because;

    /// <inheritdoc/>
    public Tensor Predict(Tensor z, NoiseLevel level, ExpertInputs? inputs)
    {
        using var scope = NewDisposeScope();
        var t = full([z.shape[0]], level.Nearest, dtype: ScalarType.Int64, device: z.device);
        return network.Predict(z, t, ((UNetInputs?)inputs)?.Condition).to(ScalarType.Float32).MoveToOuterDisposeScope();
    }
}
