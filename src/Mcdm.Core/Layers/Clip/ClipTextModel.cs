using System.Globalization;
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
    private readonly Linear? _projection;

    /// <param name="weights">Its weights, with names that begin with <c>text_model.</c> or without; they stay the caller's.</param>
    /// <param name="options">Its shape.</param>
    /// <param name="pools">Whether a sentence's vector is wanted of it, for which it has a projection.</param>
    /// <exception cref="McdmException">A tensor is missing, has another shape, or has no place.</exception>
    public ClipTextModel(FrozenWeights weights, ClipTextOptions options, bool pools = false)
    {
        (_weights, Options) = (weights, options);
        var at = weights.Has($"{Prefix}.final_layer_norm.weight") ? weights.At(Prefix) : weights;
        int width = options.HiddenSize;
        _tokens = at.Take("embeddings.token_embedding.weight", options.VocabSize, width);
        _positions = at.Take("embeddings.position_embedding.weight", options.MaxPositionEmbeddings, width);
        _layers = Enumerable.Range(0, options.NumHiddenLayers).Select(i => new ClipLayer(at.At($"encoder.layers.{i}"), options, causal: true)).ToArray();
        _finalLayerNorm = at.LayerNorm("final_layer_norm", width, options.LayerNormEps);
        if (pools) { _projection = weights.Linear("text_projection", width, weights.Shape("text_projection.weight")[0], bias: false); }
        weights.RequireAllTaken(name => IsUnused(name) || IsLater(name));
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

    /// <summary>Whether a tensor is of a layer after those that the configuration names, which was cut off by that alone.</summary>
    private bool IsLater(string name)
    {
        const string Layers = "encoder.layers.";
        string own = name.StartsWith($"{Prefix}.", StringComparison.Ordinal) ? name[(Prefix.Length + 1)..] : name;
        return own.StartsWith(Layers, StringComparison.Ordinal) && own[Layers.Length..].Split('.') is [var number, _, ..]
            && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int layer) && layer >= Options.NumHiddenLayers;
    }

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
        var h = Through(_layers.SkipLast(leftOut), Embedded(ids, replaced));
        return _finalLayerNorm.Forward(h).to(ScalarType.Float32).MoveToOuterDisposeScope();
    }

    /// <summary>What Stable Diffusion XL reads of it: tokens as a layer before the last gives them, and a sentence's vector of the last layer.</summary>
    /// <inheritdoc cref="Forward" path="/param"/>
    /// <param name="ids">Token numbers, int64 [batch, tokens].</param>
    /// <param name="ends">Where in each row the text ends.</param>
    /// <param name="leftOut">So many of the last layers are left out for tokens.</param>
    /// <param name="replaced">As in <see cref="Forward"/>.</param>
    /// <returns>
    /// Tokens, not normalised, float32 [batch, tokens, width]; and what the last layer gives at the end, normalised and projected, float32 [batch, embedding],
    /// null without a projection.
    /// </returns>
    /// <exception cref="McdmException"><c>VocabularyMismatch</c>.</exception>
    public (Tensor Tokens, Tensor? Pooled) Read(Tensor ids, IReadOnlyList<long> ends, int leftOut,
        IEnumerable<(int Row, int Place, Tensor Vectors)>? replaced = null)
    {
        using var scope = NewDisposeScope();
        var h = Through(_layers.SkipLast(leftOut), Embedded(ids, replaced));
        var tokens = h.to(ScalarType.Float32, copy: true).MoveToOuterDisposeScope();
        if (_projection is null) { return (tokens, null); }
        h = Through(_layers.TakeLast(leftOut), h);
        var rows = arange(ids.shape[0], device: h.device);
        var last = _finalLayerNorm.Forward(h.index(TensorIndex.Tensor(rows), TensorIndex.Tensor(tensor(ends.ToArray(), device: h.device))));
        return (tokens, _projection.Forward(last).to(ScalarType.Float32).MoveToOuterDisposeScope());
    }

    private Tensor Embedded(Tensor ids, IEnumerable<(int Row, int Place, Tensor Vectors)>? replaced)
    {
        Require(ids);
        var h = _tokens.index_select(0, ids.to(_tokens.device).flatten()).reshape(ids.shape[0], ids.shape[1], -1);
        foreach (var (row, place, vectors) in replaced ?? []) { h[row].narrow(0, place, vectors.shape[0]).copy_(vectors); }
        return h += _positions.narrow(0, 0, ids.shape[1]);
    }

    private static Tensor Through(IEnumerable<ClipLayer> layers, Tensor h) => layers.Aggregate(h, (x, layer) => layer.Forward(x));

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
