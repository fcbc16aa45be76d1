using Mcdm.Layers.Frozen;
using TorchSharp;
using static TorchSharp.torch;

namespace Mcdm.Layers.Clip;

/// <summary>The text encoder of CLIP (Radford et al. 2021): a transformer in which a token sees those before it. Borrows its weights.</summary>
internal sealed class ClipTextModel
{
    private const string Prefix = "text_model";

    private readonly FrozenWeights _weights;
    private readonly Tensor _tokens, _positions;
    private readonly ClipLayer[] _layers;
    private readonly LayerNorm _finalLayerNorm;

    /// <param name="weights">Its weights, with names that begin with <c>text_model.</c> or without; they stay the caller's.</param>
    /// <param name="options">Its shape.</param>
    /// <exception cref="McdmException">A tensor is missing, has another shape, or has no place.</exception>
    public ClipTextModel(FrozenWeights weights, ClipTextOptions options)
    {
        (_weights, Options) = (weights, options);
        var at = weights.Has($"{Prefix}.final_layer_norm.weight") ? weights.At(Prefix) : weights;
        int width = options.HiddenSize;
        _tokens = at.Take("embeddings.token_embedding.weight", options.VocabSize, width);
        _positions = at.Take("embeddings.position_embedding.weight", options.MaxPositionEmbeddings, width);
        _layers = Enumerable.Range(0, options.NumHiddenLayers).Select(i => new ClipLayer(at.At($"encoder.layers.{i}"), options, causal: true)).ToArray();
        _finalLayerNorm = at.LayerNorm("final_layer_norm", width, options.LayerNormEps);
        weights.RequireAllTaken(IsUnused);
    }

    /// <summary>Its shape.</summary>
    public ClipTextOptions Options { get; }

    /// <summary>
    /// Whether a tensor tells nothing of what tokens become: the numbers 0, 1, 2 …, which merging models has damaged in many files; and what compares whole
    /// sentences with pictures.
    /// </summary>
    private static bool IsUnused(string name) => name.EndsWith("embeddings.position_ids", StringComparison.Ordinal)
        || name is "text_projection.weight" or "logit_scale" || name.StartsWith("vision_model.", StringComparison.Ordinal)
        || name.StartsWith("visual_projection.", StringComparison.Ordinal);

    /// <summary>Numbers that it was trained to have.</summary>
    public long Parameters => _weights.Parameters;

    /// <param name="ids">Token numbers, int64 [batch, tokens].</param>
    /// <param name="leftOut">So many of the last layers are left out; their normalisation is not.</param>
    /// <param name="replaced">Vectors [count, width] that stand in a row of the batch from a place on, in the place of those of its tokens.</param>
    /// <returns>What the last layer gives for each token, normalised, float32 [batch, tokens, width].</returns>
    /// <exception cref="McdmException"><c>VocabularyMismatch</c>: more tokens, or higher numbers, than it knows.</exception>
    public Tensor Forward(Tensor ids, int leftOut = 0, IEnumerable<(int Row, int Place, Tensor Vectors)>? replaced = null)
    {
        using var scope = NewDisposeScope();
        Require(ids);
        var h = _tokens.index_select(0, ids.to(_tokens.device).flatten()).reshape(ids.shape[0], ids.shape[1], -1);
        foreach (var (row, place, vectors) in replaced ?? []) { h[row].narrow(0, place, vectors.shape[0]).copy_(vectors); }
        h += _positions.narrow(0, 0, ids.shape[1]);
        foreach (var layer in _layers.SkipLast(leftOut)) { h = layer.Forward(h); }
        return _finalLayerNorm.Forward(h).to(ScalarType.Float32).MoveToOuterDisposeScope();
    }

    /// <summary>Refuses what a tokenizer of another model made: libtorch would only say that an index is out of range.</summary>
    private void Require(Tensor ids)
    {
        long highest = ids.max().ToInt64();
        if (ids.shape[1] <= Options.MaxPositionEmbeddings && highest < Options.VocabSize) { return; }
        throw new McdmException("VocabularyMismatch", ErrorKind.InvalidData,
            $"The text encoder reads {Options.MaxPositionEmbeddings} tokens out of {Options.VocabSize}, "
            + $"but the tokenizer gives {ids.shape[1]}, numbered up to {highest}; they belong to different models.");
    }
}
