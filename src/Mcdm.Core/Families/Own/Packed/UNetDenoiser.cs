using Mcdm.Experts;
using Mcdm.Families.Own.Experts;
using Mcdm.Families.Own.Networks;

namespace Mcdm.Families.Own.Packed;

/// <summary>Chooses how a U-Net of ours is evaluated while sampling.</summary>
internal static class UNetDenoiser
{
    /// <summary>The packed form, which takes the weights that it packed from the network, or the network layer by layer.</summary>
    /// <param name="network">The network; stays the caller's.</param>
    /// <param name="options">Its shape.</param>
    public static IDenoiser Of(UNet network, UNetOptions options)
    {
        if (PackedUNet.TryCreate(network, options) is not { } packed) { return new PlainUNet(network, PackedUNet.Obstacle(network)); }
        packed.ReleasePacked();
        return packed;
    }
}
