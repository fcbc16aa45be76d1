namespace Mcdm.Families.Own.Networks;

/// <summary>Shape of an autoencoder; stored with its weights.</summary>
public sealed record AutoencoderOptions
{
    /// <summary>Channels of the picture (3 for RGB).</summary>
    public int ImageChannels { get; init; } = 3;

    /// <summary>Pixels along each side of one latent: a power of two, at least 2.</summary>
    public int Factor { get; init; } = 4;

    /// <summary>Channels of a latent.</summary>
    public int LatentChannels { get; init; } = 8;

    /// <summary>Channels of the features at half the picture's resolution; every further halving doubles them.</summary>
    public int Width { get; init; } = 48;

    /// <summary>What is wrong with the numbers; null where nothing is.</summary>
    internal string? Problem() =>
        ImageChannels is < 1 or > 64 || LatentChannels is < 1 or > 1024 || Width is < 1 or > 4096 ? "its channels are out of range"
        : Factor is < 2 or > 64 || !int.IsPow2(Factor) ? $"its factor is {Factor}, not a power of two from 2 to 64"
        : null;
}
