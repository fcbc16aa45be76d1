using static TorchSharp.torch;

namespace Mcdm.Layers.Clip;

/// <summary>
/// A sentence as one vector, of the kind that CLIP compares with pictures (Radford et al. 2021): what the encoder gives at the text's end, projected.
/// Borrows its weights.
/// </summary>
/// <param name="encoder">The text encoder.</param>
/// <param name="projection">[width, embedding]</param>
internal sealed class ClipTextProjection(ClipTextModel encoder, Tensor projection)
{
    /// <param name="ids">Token numbers, int64 [batch, tokens]; a text ends at the first of its highest number.</param>
    /// <returns>float32 [batch, embedding], not of length 1.</returns>
    public Tensor Forward(Tensor ids)
    {
        using var scope = NewDisposeScope();
        var tokens = encoder.Forward(ids);
        var place = ids.to(tokens.device).argmax(1).reshape(-1, 1, 1).expand(-1, 1, tokens.shape[2]);
        return tokens.gather(1, place).squeeze(1).matmul(projection.to(ScalarType.Float32)).MoveToOuterDisposeScope();
    }

    /// <summary>The same of length 1.</summary>
    public Tensor Embed(Tensor ids)
    {
        using var scope = NewDisposeScope();
        var embedding = Forward(ids);
        return (embedding / embedding.norm(1, true)).MoveToOuterDisposeScope();
    }
}
