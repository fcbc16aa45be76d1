using static TorchSharp.torch;

namespace Mcdm.Layers.UNet2D;

/// <summary>What a block puts between its residual blocks so that distant places of a picture see each other.</summary>
internal interface ISpatialAttention
{
    /// <param name="x">[batch, channels, height, width]</param>
    /// <param name="signals">Whose context may be attended to; null in an autoencoder.</param>
    /// <returns>[batch, channels, height, width]</returns>
    Tensor Forward(Tensor x, UNetSignals? signals);
}
