using static TorchSharp.torch;

namespace Mcdm.Networks.Diffusers;

/// <summary>What a ControlNet adds to a U-Net: to its skips and to what its middle gives.</summary>
/// <param name="Down">One for each skip, in the order in which they are made, [batch, channels, height, width].</param>
/// <param name="Mid">For the middle.</param>
internal sealed record ControlResiduals(IReadOnlyList<Tensor> Down, Tensor Mid) : IDisposable
{
    /// <summary>The sum with another ControlNet's, as several act on one evaluation of the U-Net; both stay as they are.</summary>
    public ControlResiduals Add(ControlResiduals other) => new(Down.Zip(other.Down, (a, b) => a + b).ToArray(), Mid + other.Mid);

    /// <summary>Each row multiplied by a number of its own.</summary>
    /// <param name="scales">The numbers, [batch or 1].</param>
    public ControlResiduals Times(Tensor scales)
    {
        var factors = scales.to(Mid.dtype).reshape(-1, 1, 1, 1);
        return new(Down.Select(residual => residual * factors).ToArray(), Mid * factors);
    }

    /// <summary>Gives their memory back.</summary>
    public void Dispose()
    {
        foreach (var residual in Down) { residual.Dispose(); }
        Mid.Dispose();
    }
}
