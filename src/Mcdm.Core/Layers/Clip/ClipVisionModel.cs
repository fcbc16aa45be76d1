using Mcdm.Layers.Frozen;
using static TorchSharp.torch;

namespace Mcdm.Layers.Clip;

/// <summary>CLIP's picture encoder (Radford et al. 2021): a transformer over a picture's patches and one token for all of it. Borrows its weights.</summary>
internal sealed class ClipVisionModel
{
    private readonly FrozenWeights _weights;
    private readonly Tensor _class, _positions;
    private readonly Convolution _patches;
    private readonly LayerNorm _before, _after;
    private readonly ClipLayer[] _layers;
    private readonly Linear _projection;

    /// <param name="weights">Its weights; they stay the caller's.</param>
    /// <param name="options">Its shape.</param>
    /// <exception cref="McdmException">A tensor is missing, has another shape, or has no place.</exception>
    public ClipVisionModel(FrozenWeights weights, ClipVisionOptions options)
    {
        (_weights, Options) = (weights, options);
        var at = weights.At("vision_model");
        long width = options.HiddenSize;
        _class = at.Take("embeddings.class_embedding", width);
        _patches = at.Convolution("embeddings.patch_embedding", options.NumChannels, width, options.PatchSize, options.PatchSize, padding: 0, bias: false);
        _positions = at.Take("embeddings.position_embedding.weight", options.Tokens, width);
        // Spelt so.
        _before = at.LayerNorm("pre_layrnorm", width, options.LayerNormEps);
        _layers = Enumerable.Range(0, options.NumHiddenLayers).Select(i => new ClipLayer(at.At($"encoder.layers.{i}"), options, causal: false)).ToArray();
        _after = at.LayerNorm("post_layernorm", width, options.LayerNormEps);
        _projection = weights.Linear("visual_projection", width, options.ProjectionDim, bias: false);
        weights.RequireAllTaken(IsUnused);
    }

    /// <summary>Its shape.</summary>
    public ClipVisionOptions Options { get; }

    /// <summary>Where it computes.</summary>
    public Device Device => _weights.Device;

    /// <summary>Numbers that it was trained to have.</summary>
    public long Parameters => _weights.Parameters;

    /// <summary>A picture as one vector, of the kind that CLIP compares with sentences.</summary>
    /// <param name="pixels">Pictures, normalised as in its training, [batch, 3, size, size].</param>
    /// <returns>float32 [batch, embedding], not of length 1.</returns>
    public Tensor Embed(Tensor pixels)
    {
        using var scope = NewDisposeScope();
        var whole = Through(pixels, leftOut: 0).select(1, 0);
        return _projection.Forward(_after.Forward(whole)).to(ScalarType.Float32).MoveToOuterDisposeScope();
    }

    /// <summary>All tokens as they enter the last layer, the one for all of the picture first, not normalised.</summary>
    /// <inheritdoc cref="Embed" path="/param"/>
    /// <returns>float32 [batch, tokens, width]</returns>
    public Tensor Penultimate(Tensor pixels)
    {
        using var scope = NewDisposeScope();
        return Through(pixels, leftOut: 1).to(ScalarType.Float32).MoveToOuterDisposeScope();
    }

    /// <summary>Whether a tensor tells nothing of what pictures become: the numbers 0, 1, 2 …, and what is the sentences'.</summary>
    private static bool IsUnused(string name) => name.EndsWith("embeddings.position_ids", StringComparison.Ordinal)
        || name is "text_projection.weight" or "logit_scale" || name.StartsWith("text_model.", StringComparison.Ordinal);

    private Tensor Through(Tensor pixels, int leftOut)
    {
        using var scope = NewDisposeScope();
        var patches = _patches.Forward(pixels.to(_weights.Device).to(_weights.Type).ChannelsLast()).flatten(2).transpose(1, 2);
        var h = _before.Forward(cat([_class.expand(patches.shape[0], 1, -1), patches], 1) + _positions);
        foreach (var layer in _layers.SkipLast(leftOut)) { h = layer.Forward(h); }
        return h.MoveToOuterDisposeScope();
    }
}
