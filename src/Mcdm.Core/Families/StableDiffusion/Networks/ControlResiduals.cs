using static TorchSharp.torch;

namespace Mcdm.Families.StableDiffusion.Networks;

/// <summary>What a ControlNet adds to a U-Net: to its skips and to what its middle gives.</summary>
/// <param name="Down">One for each skip, in the order in which they are made, [batch, channels, height, width].</param>
/// <param name="Mid">For the middle.</param>
internal sealed record ControlResiduals(IReadOnlyList<Tensor> Down, Tensor Mid) : IDisposable
{
    /// <summary>Each row multiplied by a number of its own.</summary>
    /// <param name="scales">The numbers, [batch or 1].</param>
    public ControlResiduals Times(Tensor scales)
    {
        var factors = scales.to(Mid.dtype).reshape(-1, 1, 1, 1);
        return new(Down.Select(residual => residual * factors).ToArray(), Mid * factors);
    }

    /// <summary>Each multiplied by what guess mode has for its depth: 0.1 at the outermost, 1 in the middle.</summary>
    public ControlResiduals FallingByDepth() => new(Down.Select((residual, i) => residual * Math.Pow(10, (double)i / Down.Count - 1)).ToArray(), Mid);

    /// <summary>Frees their memory.</summary>
    public void Dispose()
    {
        foreach (var residual in Down) { residual.Dispose(); }
        Mid.Dispose();
    }
}
