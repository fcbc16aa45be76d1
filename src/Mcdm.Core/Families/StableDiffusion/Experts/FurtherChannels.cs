using Mcdm.Experts;
using Mcdm.Families.StableDiffusion.Networks;
using static TorchSharp.torch;

namespace Mcdm.Families.StableDiffusion.Experts;

/// <summary>What a U-Net reads beside its latents, as further channels after theirs.</summary>
internal abstract class FurtherChannels
{
    /// <summary>What a U-Net of some shape reads so; null for none.</summary>
    /// <param name="path">Where the model lies, for messages.</param>
    /// <param name="options">The U-Net's shape; it reads all that it gives.</param>
    /// <param name="codec">The model's autoencoder; stays the caller's.</param>
    /// <param name="coder">The autoencoder's shape.</param>
    /// <exception cref="McdmException"><c>UNetChannels</c>: another number of channels.</exception>
    public static FurtherChannels? Of(string path, UNet2DConditionOptions options, LatentCodec codec, AutoencoderKLOptions coder)
    {
        int latents = codec.Channels;
        return (options.OutChannels == latents ? options.InChannels - latents : -1) switch
        {
            0 => null,
            int further when further == latents => new EditedPicture(codec, coder),
            int further when further == latents + 1 => new FilledHole(codec),
            _ => throw new McdmException("UNetChannels", ErrorKind.NotSupported,
                $"The U-Net of '{path}' reads {options.InChannels} channels and gives {options.OutChannels}, but its latents have {latents}: it reads "
                    + "something beside them, which Mcdm does not run."),
        };
    }

    /// <summary>What stands for nothing to show, [1, channels, height, width].</summary>
    /// <param name="height">Rows of the latents.</param>
    /// <param name="width">Columns of the latents.</param>
    public abstract Tensor None(long height, long width);
}

/// <summary>
/// Where something new is to be drawn, and the picture around it (Rombach et al. 2022, section 4.5): a mask, then the latents of the picture with a grey hole.
/// </summary>
/// <param name="codec">The model's autoencoder; stays the caller's.</param>
internal sealed class FilledHole(LatentCodec codec) : FurtherChannels
{
    /// <summary>All is a hole.</summary>
    public override Tensor None(long height, long width)
    {
        var grey = codec.Encode(zeros([1, 3, height * codec.Factor, width * codec.Factor], device: codec.Device));
        return new Hole(ones([1, 1, height, width], device: grey.device), grey).Channels();
    }
}

/// <summary>
/// The picture that a sentence says how to change (InstructPix2Pix, Brooks et al. 2023, section 3.2): the mean of its encoding, as the autoencoder gives it,
/// without the factor that latents have.
/// </summary>
/// <param name="codec">The model's autoencoder; stays the caller's.</param>
/// <param name="coder">The autoencoder's shape.</param>
internal sealed class EditedPicture(LatentCodec codec, AutoencoderKLOptions coder) : FurtherChannels
{
    /// <summary>No picture is zeros, as in its training.</summary>
    public override Tensor None(long height, long width) => zeros([1, codec.Channels, height, width], device: codec.Device);

    /// <summary>The channels of a picture.</summary>
    /// <param name="pixels">The picture, −1…1, [1, 3, height, width].</param>
    public Tensor Show(Tensor pixels) => codec.Encode(pixels) / coder.ScalingFactor + coder.ShiftFactor;
}
