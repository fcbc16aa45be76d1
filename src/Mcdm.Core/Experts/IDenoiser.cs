using Mcdm.Diffusion.Process;
using static TorchSharp.torch;

namespace Mcdm.Experts;

/// <summary>
/// Where a network is evaluated, whatever its family: layer by layer, packed, or by another engine. Experts that share one are evaluated by it together.
/// Several threads may use it at a time.
/// </summary>
public interface IDenoiser
{
    /// <summary>
    /// Positions of z (rows × height × width) up to which it takes the rows of several experts as one batch; by default each expert's are one of their own.
    /// A rule and no look at the memory that is free, for batches change the rounding.
    /// </summary>
    long MostPositions => 0;

    /// <summary>What can be computed of inputs alone, once for all steps; by default the inputs as they are.</summary>
    /// <param name="inputs">With batch dimension 1; they stay the caller's.</param>
    ExpertInputs Prepare(ExpertInputs inputs) => inputs;

    /// <summary>What the network predicts, in its own terms (ε, v or z_0).</summary>
    /// <param name="z">Noisy pictures z_t, float32 [batch, channels, height, width].</param>
    /// <param name="level">t, and ᾱ_t, the same for the batch.</param>
    /// <param name="inputs">What <see cref="Prepare"/> gave, with batch dimension 1 or z's; null for a network that reads nothing.</param>
    /// <returns>float32, of z's shape.</returns>
    Tensor Predict(Tensor z, NoiseLevel level, ExpertInputs? inputs);

    /// <summary>Puts back what it took from the network that it was made of, before that is written or copied.</summary>
    void Restore()
    {
    }
}
