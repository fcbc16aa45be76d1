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
        var read = start.Mask is null ? null : MaskPicture.Of(start.Mask);
        Doubt = read?.Doubt;
        _mask = read is null ? null : PictureResize.ToSize(read.Picture, space.PictureWidth, space.PictureHeight, ResizeKind.Smooth, note);
        var pixels = PictureTensor.ToTensor(_picture).unsqueeze(0).to(model.Device);
        var mask = _mask is null ? null : PictureTensor.Brightness(_mask).to(model.Device);
        // A network that fills holes is shown the rest of the picture; what it draws there is put back pixel by pixel at the end alone.
        if (model is { FillsHoles: true, Codec: { } codec }) { Hole = Hole.Of(codec, pixels, mask); }
        var latentMask = mask is null || Hole is not null ? null : space.Factor == 1 ? mask : nn.functional.avg_pool2d(mask, space.Factor);
        Start = new PictureStart((model.Codec?.Encode(pixels) ?? pixels).DetachFromDisposeScope(), start.Strength, latentMask?.DetachFromDisposeScope())
        {
            FromNoise = Hole is not null,
        };
        Start.Check();
        Understood = start with { Picture = _picture, Mask = _mask };
    }

    public PictureStart Start { get; }

    /// <summary>What networks that fill holes are shown; null for a model of none.</summary>
    public Hole? Hole { get; }

    public StartPicture Understood { get; }

    /// <summary>Why the mask may not be meant as it is understood, in a sentence; null for no reason.</summary>
    public string? Doubt { get; }

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
        Hole?.Dispose();
    }
}
