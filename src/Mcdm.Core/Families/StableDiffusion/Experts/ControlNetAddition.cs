using Mcdm.Families.StableDiffusion.Networks;
using Mcdm.Imaging;
using Mcdm.Runtime;
using static TorchSharp.torch;

namespace Mcdm.Families.StableDiffusion.Experts;

/// <summary>The residuals of a ControlNet.</summary>
/// <param name="name">What its expert is called.</param>
/// <param name="network">The ControlNet.</param>
internal sealed class ControlNetAddition(string name, ControlNetModel network) : UNetAddition(name)
{
    /// <inheritdoc/>
    public override (object Network, long Parameters) Network => (network, network.Parameters);

    /// <summary>The picture in 0…1, float32 [1, 3, height, width].</summary>
    public override Tensor Read(Picture picture)
    {
        using var scope = NewDisposeScope();
        return ((PictureTensor.ToTensor(picture) + 1) / 2).unsqueeze(0).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override ControlResiduals Residuals(Tensor z, Tensor time, Tensor context, Tensor picture) => network.Forward(z, time, context, picture, 1);
}
