using static TorchSharp.torch;

namespace Mcdm.Composition;

/// <summary>What one expert predicts for the pictures of a batch that it speaks for.</summary>
/// <param name="Term">The expert and its pictures.</param>
/// <param name="Noise">ε_j, float32 [its rows, channels, height, width].</param>
internal sealed record Prediction(BatchTerm Term, Tensor Noise)
{
    public bool IsUnconditional => Term.Modality is null;
}
