using static TorchSharp.torch;

namespace Mcdm.Modalities;

/// <summary>
/// What a network reads of a condition: one tensor for most; a control picture with a sentence of its own is two. Each has batch dimension 1, or that of the
/// rows it is for.
/// </summary>
/// <param name="All">The tensors, at least one, in the order that the expert knows.</param>
public sealed record ConditionTensors(IReadOnlyList<Tensor> All) : IDisposable
{
    /// <summary>The first, which most experts have alone.</summary>
    public Tensor First => All[0];

    /// <summary>Rows: 1, or one for each picture.</summary>
    public long Rows => First.shape[0];

    /// <summary>One tensor alone.</summary>
    public static implicit operator ConditionTensors(Tensor tensor) => new([tensor]);

    /// <summary>Each tensor changed alike.</summary>
    public ConditionTensors Select(Func<Tensor, Tensor> change) => new(All.Select(change).ToArray());

    /// <summary>Conditions of one expert as a batch; token sequences of different lengths are padded with 0.</summary>
    /// <param name="conditions">At least one, each with batch dimension 1.</param>
    public static ConditionTensors Join(IReadOnlyList<ConditionTensors> conditions) =>
        new(Enumerable.Range(0, conditions[0].All.Count).Select(i => ConditionEncoder.Join(conditions.Select(condition => condition.All[i]).ToList())).ToArray());

    /// <summary>Gives the tensors' memory back.</summary>
    public void Dispose()
    {
        foreach (var tensor in All) { tensor.Dispose(); }
    }
}
