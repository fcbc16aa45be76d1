using Mcdm.Families.StableDiffusion.Networks;
using static TorchSharp.torch;

namespace Mcdm.Families.StableDiffusion.Experts;

/// <summary>A ControlNet's part in one evaluation.</summary>
/// <param name="Network">The ControlNet.</param>
/// <param name="Picture">Its picture in 0…1, [batch or 1, channels, rows, columns] of pixels.</param>
/// <param name="Scales">By what its residuals are multiplied, [batch or 1].</param>
internal sealed record Control(ControlNetModel Network, Tensor Picture, Tensor Scales);
