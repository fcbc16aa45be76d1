using Mcdm.Experts;
using Mcdm.Families.StableDiffusion.Networks;
using Mcdm.Imaging;
using Mcdm.Imaging.Drawing;
using Mcdm.Layers.Clip;
using Mcdm.Layers.Frozen;
using Mcdm.Layers.UNet2D;
using Mcdm.Modalities;
using static TorchSharp.torch;

namespace Mcdm.Families.StableDiffusion.Experts;

/// <summary>A picture as a prompt: tokens of an IP-Adapter, which the U-Net's cross-attention looks at beside the sentence.</summary>
/// <param name="name">What its expert is called.</param>
/// <param name="network">The adapter.</param>
/// <param name="encoder">The picture encoder that it was trained with, which others may share.</param>
/// <param name="lifetime">Keeps the tokens of no picture as long as the weights.</param>
internal sealed class ImagePromptAddition(string name, ImageAdapterModel network, OffloadableNetwork<ClipVisionModel> encoder, SharedLifetime lifetime)
    : UNetAddition(name)
{
    private readonly (int Side, long Parameters) _encoder = encoder.Use(own => (own.Options.ImageSize, own.Parameters));
    private readonly Lazy<Tensor> _nothing = new(() => lifetime.With(encoder.Use(own => TokensOfNothing(network, own)).DetachFromDisposeScope()));

    /// <inheritdoc/>
    public override IEnumerable<(object Network, long Parameters)> Networks => [(network, network.Parameters), (encoder, _encoder.Parameters)];

    /// <inheritdoc/>
    public override bool TakesMask => true;

    /// <summary>The middle square of the picture, at the encoder's size, or all of it as is said.</summary>
    public override (Picture Picture, string? Doubt) Understood(Condition condition, LatentSpace space, Action<string>? note)
    {
        var picture = PictureResize.Flatten(condition.Picture!);
        int side = _encoder.Side;
        if (picture.Width != picture.Height && condition.Fit is null or PictureFit.Crop)
        {
            note?.Invoke($"{condition} has {picture.Width}×{picture.Height} pixels; '{Name}' sees the middle square (New-McdmCondition -Fit Stretch or Pad).");
        }
        return (condition.Fit is PictureFit.Stretch or PictureFit.Pad ? PictureResize.Fitted(picture, side, side, condition.Fit.Value)
            : CubicResize.MiddleSquare(picture, side), null);
    }

    /// <summary>The picture's tokens, [1, tokens, width].</summary>
    public override IReadOnlyList<Tensor> Read(Picture picture)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var pixels = ClipPixels.Of(picture);
        var seen = encoder.Use(own => network.Tokens.ReadsTokens ? own.Penultimate(pixels) : own.Embed(pixels));
        return [network.Tokens.Forward(seen).MoveToOuterDisposeScope()];
    }

    /// <inheritdoc/>
    public override long Offload() => encoder.Offload();

    /// <summary>
    /// What other programs take for no picture: where all tokens are read, what the encoder makes of zeros, the mean of its pictures; else zeros in place of
    /// what it makes.
    /// </summary>
    public override IReadOnlyList<Tensor> ReadNothing() => [_nothing.Value.alias()];

    /// <summary>Both pictures' tokens, which one softmax weighs, as in diffusers; with masks each picture has its own.</summary>
    /// <exception cref="McdmException"><c>CombinerResidual</c>: they have one strength.</exception>
    public override AddedPicture? Joined(AddedPicture first, AddedPicture second)
    {
        if (first.Mask is not null || second.Mask is not null) { return null; }
        bool alike = first.Scale.equal(second.Scale).all().item<bool>()
            && (first.Schedule?.Points ?? []).SequenceEqual(second.Schedule?.Points ?? []);
        return alike ? first with { Read = [cat([first.Read[0], second.Read[0]], 1)] }
            : throw new McdmException("CombinerResidual", ErrorKind.InvalidArgument,
                $"With the combiner Residual the pictures of '{Name}' share one attention, and so one -ControlScale and one -Schedule; give them the same, or "
                    + "each a -Region. The combiner Product takes all of these.");
    }

    /// <inheritdoc/>
    public override UNetAdded Act(AddedPicture picture, UNetRows rows, Tensor scale) => new()
    {
        Images = [new ImageContext(network.Layers, picture.Read[0], scale, picture.Mask, rows.First, rows.Count)],
    };

    private static Tensor TokensOfNothing(ImageAdapterModel network, ClipVisionModel encoder)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        int side = encoder.Options.ImageSize;
        var seen = network.Tokens.ReadsTokens ? encoder.Penultimate(zeros(1, 3, side, side)) : zeros(1, network.Tokens.Width, device: encoder.Device);
        return network.Tokens.Forward(seen).MoveToOuterDisposeScope();
    }
}
