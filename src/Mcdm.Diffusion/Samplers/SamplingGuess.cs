using Mcdm.Diffusion.Process;
using static TorchSharp.torch;

namespace Mcdm.Diffusion.Samplers;

/// <summary>A guess of z_0 that was made at a level.</summary>
internal sealed record SamplingGuess(Tensor Z0, NoiseLevel Level);
