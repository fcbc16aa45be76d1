using static TorchSharp.torch;

namespace Mcdm.Layers.UNet2D;

/// <summary>What every block of a U-Net is told beside its features; an autoencoder's blocks are told nothing.</summary>
/// <param name="Time">The time embedding after its non-linearity, [batch or 1, time channels].</param>
/// <param name="Context">Tokens that transformers attend to, [batch, tokens, width], in the precision of the computation; null where there are none.</param>
internal sealed record UNetSignals(Tensor Time, Tensor? Context)
{
    /// <summary>Pictures that transformers look at beside the context.</summary>
    public IReadOnlyList<ImageContext> Images { get; init; } = [];
}
