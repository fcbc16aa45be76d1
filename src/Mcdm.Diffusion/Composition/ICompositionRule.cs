using Mcdm.Diffusion.Process;
using static TorchSharp.torch;

namespace Mcdm.Diffusion.Composition;

/// <summary>Makes one noise prediction of several.</summary>
public interface ICompositionRule
{
    /// <summary>ε_c at z_t, [B, C, H, W]; v or z_0 of the composition where the experts predict those, for the weights sum to one.</summary>
    /// <param name="z">z_t, [B, C, H, W].</param>
    /// <param name="level">t, with α_t and σ_t.</param>
    /// <param name="predictions">What the experts predict there.</param>
    Tensor Compose(Tensor z, NoiseLevel level, Predictions predictions);
}
