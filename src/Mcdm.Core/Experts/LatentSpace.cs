using System.Text.Json.Serialization;
using Mcdm.Diffusion.Process;

namespace Mcdm.Experts;

/// <summary>
/// The space in which noise predictions may be added: the same channels under the same process, pixels or the latents of one autoencoder. The size of z is a
/// default: a request may choose another.
/// </summary>
/// <param name="Channels">Channels of z.</param>
/// <param name="Height">Rows of z.</param>
/// <param name="Width">Columns of z.</param>
/// <param name="Process">From pictures to noise.</param>
/// <param name="Factor">Pixels along each side of one element of z; 1 where z is a picture.</param>
/// <param name="Autoencoder">Identity of the autoencoder whose latents z is (<see cref="LatentCodec.Identity"/>); null where z is a picture.</param>
[JsonConverter(typeof(LatentSpaceJson))]
public sealed record LatentSpace(int Channels, int Height, int Width, DiffusionProcess Process, int Factor = 1, string? Autoencoder = null)
{
    /// <summary>A sample of the autoencoder's weights, which tells it from others of its shape; null where the identity alone says it.</summary>
    public EncoderFingerprint? Fingerprint { get; init; }

    /// <summary>The form in which experts' predictions are added here: ε, or v where the schedule ends without signal, since ε says nothing there.</summary>
    public PredictionKind Prediction => Process.IsZeroTerminal ? PredictionKind.Velocity : PredictionKind.Noise;

    /// <summary>Columns of the pictures.</summary>
    public int PictureWidth => Width * Factor;

    /// <summary>Rows of the pictures.</summary>
    public int PictureHeight => Height * Factor;

    /// <summary>Whether z is a latent rather than a picture: latents are never clipped.</summary>
    public bool IsLatent => Autoencoder is not null;

    /// <summary>Whether predictions in both may be added, whatever the size and whatever the processes are called.</summary>
    public bool Matches(LatentSpace other) => MeansLike(other) && Process.Matches(other.Process);

    /// <summary>Whether z without noise means the same in both, whatever their processes are.</summary>
    internal bool MeansLike(LatentSpace other) => Channels == other.Channels && Factor == other.Factor && Autoencoder == other.Autoencoder
        && (Fingerprint is null || other.Fingerprint is null || Fingerprint.IsClose(other.Fingerprint));

    /// <summary>The same space at another size.</summary>
    /// <param name="width">Columns of the pictures.</param>
    /// <param name="height">Rows of the pictures.</param>
    /// <exception cref="McdmException"><c>SizeIndivisible</c>: the factor does not divide it.</exception>
    public LatentSpace At(int width, int height) => width > 0 && height > 0 && width % Factor == 0 && height % Factor == 0
        ? this with { Width = width / Factor, Height = height / Factor }
        : throw new McdmException("SizeIndivisible", ErrorKind.InvalidArgument,
            $"Pictures of {width}×{height} pixels cannot be made of latents of {Factor}×{Factor}; give multiples of {Factor}.");

    /// <inheritdoc/>
    public bool Equals(LatentSpace? other) => other is not null && Matches(other) && Height == other.Height && Width == other.Width;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Channels, Height, Width, Process.Steps, Factor, Autoencoder);

    /// <inheritdoc/>
    public override string ToString() =>
        $"{(IsLatent ? $"latents of the autoencoder {Autoencoder}{(Fingerprint is null ? "" : $" ({Fingerprint})")}, " : "")}{Channels}×{Height}×{Width}, "
            + $"{Process}";
}
