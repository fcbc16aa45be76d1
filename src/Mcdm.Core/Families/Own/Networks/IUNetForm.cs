using static TorchSharp.torch;

namespace Mcdm.Families.Own.Networks;

/// <summary>A U-Net as it is evaluated while sampling.</summary>
internal interface IUNetForm : IDisposable
{
    /// <summary>What the network makes of a condition alone, once for all steps.</summary>
    /// <param name="condition">The condition as its encoder gave it, tokens or a map, with batch dimension 1.</param>
    /// <returns>Tensors with batch dimension 1; the caller owns them.</returns>
    IReadOnlyList<Tensor> Read(Tensor condition);

    /// <summary>What the network predicts.</summary>
    /// <param name="z">Noisy pictures z_t, float32 [batch, channels, height, width].</param>
    /// <param name="t">The noise level.</param>
    /// <param name="condition">What <see cref="Read"/> gave, with batch dimension 1 or z's; null for a network without one.</param>
    Tensor Predict(Tensor z, long t, IReadOnlyList<Tensor>? condition);

    /// <summary>The network with all of its weights, as they were loaded.</summary>
    UNet Whole();
}

/// <summary>The network itself, which any device and arithmetic has.</summary>
internal sealed class PlainUNet(UNet network) : IUNetForm
{
    /// <inheritdoc/>
    public IReadOnlyList<Tensor> Read(Tensor condition) => [condition.alias()];

    /// <inheritdoc/>
    public Tensor Predict(Tensor z, long t, IReadOnlyList<Tensor>? condition) =>
        network.Predict(z, full([z.shape[0]], t, dtype: ScalarType.Int64, device: z.device), condition?[0]);

    /// <inheritdoc/>
    public UNet Whole() => network;

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
