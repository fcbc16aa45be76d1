using static TorchSharp.torch;

namespace Mcdm.Weights.PyTorch;

/// <summary>How a PyTorch file holds its pickle and its tensors' memory.</summary>
internal interface ITorchContainer
{
    /// <summary>What the pickle says.</summary>
    object? Content { get; }

    /// <summary>Refuses a storage that is not there, or of another size than the pickle says.</summary>
    /// <param name="storage">The storage.</param>
    /// <param name="name">A tensor that is in it, for messages.</param>
    void Check(TorchStorage storage, string name);

    /// <summary>Fills the memory of a contiguous CPU tensor.</summary>
    /// <param name="target">The tensor.</param>
    /// <param name="storage">Where its bytes are.</param>
    /// <param name="offset">The first of them, from the storage's beginning.</param>
    void Fill(Tensor target, TorchStorage storage, long offset);
}
