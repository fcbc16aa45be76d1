using static TorchSharp.torch;

namespace Mcdm.Families.StableDiffusion.Networks;

/// <summary>A picture that a ControlNet looks at.</summary>
/// <param name="Pixels">The picture in 0…1, red first, [batch or 1, channels, 8 × height, 8 × width].</param>
/// <param name="Type">Which of its types it is, from 0, for a ControlNet of several.</param>
/// <param name="Scale">How strongly it acts beside others, [batch or 1]; null for a picture alone.</param>
internal readonly record struct ControlPicture(Tensor Pixels, int Type = 0, Tensor? Scale = null);
