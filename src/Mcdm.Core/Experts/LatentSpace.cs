using System.Text.Json.Serialization;
using Mcdm.Sampling;

namespace Mcdm.Experts;

/// <summary>The space in which noise predictions may be added: the same tensor shape under the same noise schedule.</summary>
/// <param name="Channels">Channels of z.</param>
/// <param name="Height">Rows of z.</param>
/// <param name="Width">Columns of z.</param>
/// <param name="Schedule">Family of the noise schedule.</param>
/// <param name="Steps">Noise levels T of the schedule.</param>
/// <param name="Factor">Pixels along each side of one element of z; 1 where z is a picture.</param>
/// <param name="Autoencoder">Identity of the autoencoder whose latents z is (<see cref="LatentCodec.Identity"/>); null where z is a picture.</param>
public sealed record LatentSpace(int Channels, int Height, int Width, NoiseScheduleKind Schedule, int Steps, int Factor = 1, string? Autoencoder = null)
{
    /// <summary>Columns of the pictures.</summary>
    [JsonIgnore]
    public int PictureWidth => Width * Factor;

    /// <summary>Rows of the pictures.</summary>
    [JsonIgnore]
    public int PictureHeight => Height * Factor;

    /// <summary>Whether z is a latent rather than a picture: latents are never clipped.</summary>
    [JsonIgnore]
    public bool IsLatent => Autoencoder is not null;

    /// <inheritdoc/>
    public override string ToString() => $"{(IsLatent ? $"latents of the autoencoder {Autoencoder}, " : "")}{Channels}×{Height}×{Width}, {Schedule.ToString().ToLowerInvariant()} schedule, T = {Steps}";
}
