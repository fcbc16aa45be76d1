using Mcdm.Diffusion.Process;

namespace Mcdm.Diffusion.Samplers;

/// <summary>One step of a run: predicted at one level, arriving at a cleaner one.</summary>
/// <param name="From">Where z_t is predicted.</param>
/// <param name="To">Where z_s lies.</param>
/// <param name="IsLast">Whether the run ends there.</param>
public readonly record struct LevelStep(NoiseLevel From, NoiseLevel To, bool IsLast);
