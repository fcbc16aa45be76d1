using Mcdm.Diffusion.Samplers;
using Mcdm.Experts;
using Mcdm.Imaging;
using Mcdm.Imaging.Drawing;
using Mcdm.Runtime;
using static TorchSharp.torch;

namespace Mcdm.Sampling;

/// <summary>A start picture at the size that is sampled, as the sampler needs it.</summary>
internal sealed class PreparedStart : IDisposable
{
    private readonly Picture _picture;
    private readonly Picture? _mask;

    /// <param name="model">The model.</param>
    /// <param name="space">Its space at the size.</param>
    /// <param name="start">The picture.</param>
    /// <param name="note">Told, in a sentence each, what had to be converted.</param>
    /// <exception cref="McdmException"><c>StrengthOutOfRange</c>.</exception>
    public PreparedStart(Model model, LatentSpace space, StartPicture start, Action<string>? note)
    {
        using var scope = NewDisposeScope();
        _picture = PictureResize.ToSize(PictureResize.Flatten(start.Picture), space.PictureWidth, space.PictureHeight, ResizeKind.Smooth, note);
        _mask = start.Mask is null ? null : PictureResize.ToSize(start.Mask, space.PictureWidth, space.PictureHeight, ResizeKind.Smooth, note);
        var pixels = PictureTensor.ToTensor(_picture).unsqueeze(0).to(model.Device);
        var mask = _mask is null ? null : PictureTensor.Brightness(_mask).to(model.Device);
        Start = new PictureStart((model.Codec?.Encode(pixels) ?? pixels).DetachFromDisposeScope(), start.Strength,
            (mask is null || space.Factor == 1 ? mask : nn.functional.avg_pool2d(mask, space.Factor))?.DetachFromDisposeScope());
        Start.Check();
        Understood = start with { Picture = _picture, Mask = _mask };
    }

    public PictureStart Start { get; }

    public StartPicture Understood { get; }

    /// <summary>
    /// A sampled picture with what the mask keeps taken from the start picture itself, pixel by pixel: an autoencoder restores it only nearly.
    /// </summary>
    public Picture Keep(Picture sampled)
    {
        if (_mask is null) { return sampled; }
        using var scope = NewDisposeScope();
        var drawn = PictureTensor.Brightness(_mask)[0];
        return PictureTensor.FromTensor(drawn * PictureTensor.ToTensor(sampled) + (1 - drawn) * PictureTensor.ToTensor(_picture));
    }

    public void Dispose()
    {
        Start.Z0.Dispose();
        Start.Mask?.Dispose();
    }
}
