using Mcdm.Layers.Frozen;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Mcdm.Families.StableDiffusion.Networks;

/// <summary>
/// What an IP-Adapter makes of what CLIP sees in a picture: tokens that a U-Net's cross-attention looks at (Ye et al. 2023). Three kinds are published. Borrows
/// its weights.
/// </summary>
internal abstract class ImageProjection
{
    private protected const double Epsilon = 1e-5;

    private protected ImageProjection(FrozenWeights weights) => Weights = weights;

    private protected FrozenWeights Weights { get; }

    /// <summary>Whether it reads all of the encoder's tokens as they enter its last layer; else the picture as one vector.</summary>
    public abstract bool ReadsTokens { get; }

    /// <summary>Numbers of what it reads: of a token, or of the vector.</summary>
    public abstract long Width { get; }

    /// <param name="seen">What the encoder gives, [batch, tokens, width] or [batch, width].</param>
    /// <returns>Tokens, [batch, tokens, width], in the precision of the computation.</returns>
    public abstract Tensor Forward(Tensor seen);

    /// <summary>Builds the kind that the names of the weights tell.</summary>
    /// <param name="weights">Its weights alone.</param>
    /// <param name="tokenWidth">Numbers of a token of the U-Net's context.</param>
    /// <exception cref="McdmException">A tensor is missing, or has another shape.</exception>
    public static ImageProjection Of(FrozenWeights weights, long tokenWidth) => weights switch
    {
        _ when weights.Has("latents") => new Resampled(weights, tokenWidth),
        _ when weights.Has("proj.3.weight") => new Perceived(weights, tokenWidth),
        _ => new Projected(weights, tokenWidth),
    };

    /// <summary>The vector, projected to a few tokens (base kinds).</summary>
    private sealed class Projected : ImageProjection
    {
        private readonly Linear _proj;
        private readonly LayerNorm _norm;
        private readonly long _tokenWidth;

        public Projected(FrozenWeights weights, long tokenWidth) : base(weights)
        {
            var shape = weights.Shape("proj.weight");
            (_tokenWidth, Width) = (tokenWidth, shape is [_, var width] ? width : 0);
            // Whole tokens: another number of rows is another shape than is asked for.
            long tokens = Math.Max(1, (shape is [var rows, ..] ? rows : 0) / tokenWidth);
            _proj = weights.Linear("proj", Width, tokens * tokenWidth);
            _norm = weights.LayerNorm("norm", tokenWidth, Epsilon);
        }

        public override bool ReadsTokens => false;

        public override long Width { get; }

        public override Tensor Forward(Tensor seen)
        {
            using var scope = NewDisposeScope();
            var tokens = _proj.Forward(seen.to(Weights.Type)).reshape(seen.shape[0], -1, _tokenWidth);
            return _norm.Forward(tokens).MoveToOuterDisposeScope();
        }
    }

    /// <summary>Each of the encoder's tokens through a perceptron (full face).</summary>
    private sealed class Perceived : ImageProjection
    {
        private readonly Linear _in, _out;
        private readonly LayerNorm _norm;

        public Perceived(FrozenWeights weights, long tokenWidth) : base(weights)
        {
            Width = weights.Shape("proj.0.weight") is [_, var width] ? width : 0;
            _in = weights.Linear("proj.0", Width, Width);
            _out = weights.Linear("proj.2", Width, tokenWidth);
            _norm = weights.LayerNorm("proj.3", tokenWidth, Epsilon);
        }

        public override bool ReadsTokens => true;

        public override long Width { get; }

        public override Tensor Forward(Tensor seen)
        {
            using var scope = NewDisposeScope();
            return _norm.Forward(_out.Forward(functional.gelu(_in.Forward(seen.to(Weights.Type))))).MoveToOuterDisposeScope();
        }
    }

    /// <summary>Learnt queries that look at the encoder's tokens (plus kinds; the resampler of Alayrac et al. 2022).</summary>
    private sealed class Resampled : ImageProjection
    {
        private readonly Tensor _latents;
        private readonly Linear _in, _out;
        private readonly LayerNorm _norm;
        private readonly ResamplerLayer[] _layers;

        public Resampled(FrozenWeights weights, long tokenWidth) : base(weights)
        {
            var shape = weights.Shape("latents");
            var (queries, inner) = shape is [_, var count, var size] ? (count, size) : (1, 1);
            Width = weights.Shape("proj_in.weight") is [_, var width] ? width : 0;
            _latents = weights.Take("latents", 1, queries, inner);
            _in = weights.Linear("proj_in", Width, inner);
            int layers = 0;
            while (weights.Has($"layers.{layers}.0.to_q.weight")) { layers++; }
            _layers = Enumerable.Range(0, layers).Select(i => new ResamplerLayer(weights.At($"layers.{i}"), inner)).ToArray();
            _out = weights.Linear("proj_out", inner, tokenWidth);
            _norm = weights.LayerNorm("norm_out", tokenWidth, Epsilon);
        }

        public override bool ReadsTokens => true;

        public override long Width { get; }

        public override Tensor Forward(Tensor seen)
        {
            using var scope = NewDisposeScope();
            var x = _in.Forward(seen.to(Weights.Type));
            var latents = _layers.Aggregate(_latents.expand(x.shape[0], -1, -1), (h, layer) => layer.Forward(x, h));
            return _norm.Forward(_out.Forward(latents)).MoveToOuterDisposeScope();
        }
    }
}
