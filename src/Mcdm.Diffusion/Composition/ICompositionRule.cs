using static TorchSharp.torch;

namespace Mcdm.Diffusion.Composition;

/// <summary>Makes one noise prediction of several.</summary>
public interface ICompositionRule
{
    /// <summary>ε_c at z_t, [B, C, H, W].</summary>
    /// <param name="z">z_t, [B, C, H, W].</param>
    /// <param name="t">Noise level, 1…T.</param>
    /// <param name="predictions">What the experts predict there.</param>
    Tensor Compose(Tensor z, int t, Predictions predictions);
}
