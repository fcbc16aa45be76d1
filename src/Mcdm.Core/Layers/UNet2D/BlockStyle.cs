namespace Mcdm.Layers.UNet2D;

/// <summary>What all residual blocks of a network have in common.</summary>
/// <param name="Groups">Groups of its normalisations.</param>
/// <param name="Epsilon">What they add to the variance.</param>
/// <param name="TimeChannels">Channels of the time embedding; null for an autoencoder, which has no time.</param>
/// <param name="ScaleShift">Whether time scales and shifts what is normalised (after Dhariwal and Nichol 2021), in place of being added.</param>
/// <param name="DownsamplePadding">Rows and columns that halving adds on each side; 0 adds one at the right and at the bottom alone.</param>
internal sealed record BlockStyle(int Groups, double Epsilon, long? TimeChannels = null, bool ScaleShift = false, int DownsamplePadding = 1);
