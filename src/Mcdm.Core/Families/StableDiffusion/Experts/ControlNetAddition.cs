using Mcdm.Families.StableDiffusion.Networks;
using Mcdm.Imaging;
using Mcdm.Imaging.Drawing;
using Mcdm.Layers.UNet2D;
using Mcdm.Runtime;
using static TorchSharp.torch;

namespace Mcdm.Families.StableDiffusion.Experts;

/// <summary>The residuals of a ControlNet.</summary>
/// <param name="name">What its expert is called.</param>
/// <param name="network">The ControlNet.</param>
/// <param name="readsHoles">Whether it was trained for pictures with a hole.</param>
/// <param name="type">Which type of pictures, for a ControlNet of several.</param>
internal sealed class ControlNetAddition(string name, ControlNetModel network, bool readsHoles = false, int type = 0) : UNetAddition(name)
{
    /// <inheritdoc/>
    public override (object Network, long Parameters) Network => (network, network.Parameters);

    private const double Half = 0.5, InHole = -1;

    /// <inheritdoc/>
    public override bool IsPooled => network.Options.GlobalPoolConditions;

    /// <inheritdoc/>
    public override bool ReadsHoles => readsHoles;

    /// <summary>The picture in 0…1, −1 in its hole, float32 [1, 3, height, width].</summary>
    public override Tensor Read(Picture picture)
    {
        using var scope = NewDisposeScope();
        var pixels = ((PictureTensor.ToTensor(PictureResize.Flatten(picture)) + 1) / 2).unsqueeze(0);
        return (picture.IsOpaque ? pixels : where(PictureTensor.Opacity(picture).lt(Half), full_like(pixels, InHole), pixels)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override ControlResiduals Residuals(Tensor z, Tensor time, Tensor context, TextTime? told, Tensor picture) =>
        network.Forward(z, time, context, [new(picture, type)], told: told);

    /// <inheritdoc/>
    public override bool TakesSeveral => network.Options is ControlNetUnionOptions;

    /// <inheritdoc/>
    public override ControlResiduals Together(Tensor z, Tensor time, Tensor context, TextTime? told, IReadOnlyList<(UNetAddition By, Tensor Picture,
        Tensor Scale)> pictures) =>
        network.Forward(z, time, context,
            pictures.Select(one => new ControlPicture(one.Picture, ((ControlNetAddition)one.By).Type, one.Scale)).ToList(), told: told);

    private int Type => type;
}
