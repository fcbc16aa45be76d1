using static TorchSharp.torch;

namespace Mcdm.Diffusion.Samplers;

/// <summary>One step of a run, as told to whoever watches it.</summary>
/// <param name="Step">Steps done.</param>
/// <param name="Steps">Steps in all.</param>
/// <param name="Denoised">The current guess of z_0; valid during the call only.</param>
public readonly record struct SamplingStep(int Step, int Steps, Tensor Denoised);
