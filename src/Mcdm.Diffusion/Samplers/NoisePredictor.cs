using Mcdm.Diffusion.Process;
using static TorchSharp.torch;

namespace Mcdm.Diffusion.Samplers;

/// <summary>What a sampler is told at z_t.</summary>
/// <param name="Value">ε(z_t, t), or what <see cref="Kind"/> says, float32, of z's shape.</param>
/// <param name="Agreement">
/// How much the composed experts agree, float64 [batch] (<see cref="Composition.Predictions.Agreement"/>); null where nobody corrects steps by it.
/// </param>
public readonly record struct NoisePrediction(Tensor Value, Tensor? Agreement = null)
{
    /// <summary>In which form the noise is told.</summary>
    public PredictionKind Kind { get; init; }
}

/// <summary>ε(z_t, t), however it was composed.</summary>
/// <param name="z">z_t, float32 [batch, channels, height, width].</param>
/// <param name="level">t, with α_t and σ_t.</param>
public delegate NoisePrediction NoisePredictor(Tensor z, NoiseLevel level);
