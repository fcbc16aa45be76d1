using static TorchSharp.torch;

namespace Mcdm.Families.StableDiffusion.Networks;

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

    /// <summary>Each multiplied by what guess mode has for its depth: 0.1 at the outermost, 1 in the middle.</summary>
    public ControlResiduals FallingByDepth() => new(Down.Select((residual, i) => residual * Math.Pow(10, (double)i / Down.Count - 1)).ToArray(), Mid);

    /// <summary>Residuals of several groups of rows as one batch; rows without any have zeros.</summary>
    /// <param name="groups">The groups' residuals; null for none.</param>
    /// <param name="rows">The rows of each group.</param>
    /// <returns>The batch; null where no group has residuals.</returns>
    public static ControlResiduals? Stack(IReadOnlyList<ControlResiduals?> groups, IReadOnlyList<long> rows)
    {
        if (groups.OfType<ControlResiduals>().FirstOrDefault() is not { } like) { return null; }
        return new(Enumerable.Range(0, like.Down.Count).Select(i => Joined(group => group.Down[i])).ToArray(), Joined(group => group.Mid));

        Tensor Joined(Func<ControlResiduals, Tensor> part)
        {
            // Those that were averaged over their places are as large as one place.
            var model = groups.OfType<ControlResiduals>().Select(part).MaxBy(residual => residual.numel() / residual.shape[0])!;
            return cat(groups.Select((group, i) => group is null ? zeros([rows[i], .. model.shape[1..]], model.dtype, model.device)
                : part(group).expand([rows[i], .. model.shape[1..]])).ToArray());
        }
    }

    /// <summary>Frees their memory.</summary>
    public void Dispose()
    {
        foreach (var residual in Down) { residual.Dispose(); }
        Mid.Dispose();
    }
}
