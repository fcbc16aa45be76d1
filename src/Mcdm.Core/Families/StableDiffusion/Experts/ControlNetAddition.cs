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
internal sealed class ControlNetAddition(string name, ControlNetModel network, bool readsHoles = false) : UNetAddition(name)
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
        network.Forward(z, time, context, picture, 1, told);
}
