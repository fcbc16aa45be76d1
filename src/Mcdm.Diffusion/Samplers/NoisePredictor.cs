using static TorchSharp.torch;

namespace Mcdm.Diffusion.Samplers;

/// <summary>What a sampler is told at z_t.</summary>
/// <param name="Noise">ε(z_t, t), float32, of z's shape.</param>
/// <param name="Agreement">How much the composed experts agree, float64 [batch] (<see cref="Composition.Predictions.Agreement"/>); null where nobody corrects steps by it.</param>
public readonly record struct NoisePrediction(Tensor Noise, Tensor? Agreement = null);

/// <summary>ε(z_t, t), however it was composed.</summary>
/// <param name="z">z_t, float32 [batch, channels, height, width].</param>
/// <param name="t">Noise level, 1…T.</param>
public delegate NoisePrediction NoisePredictor(Tensor z, int t);
