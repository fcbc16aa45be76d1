using Mcdm.Layers.Frozen;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Mcdm.Families.Adm;

/// <summary>
/// Two normalised convolutions beside a short cut, told time and class, and perhaps a sentence (Dhariwal and Nichol 2021, appendix; after BigGAN).
/// </summary>
internal sealed class AdmResBlock : IAdmStage
{
    private readonly GroupNorm _inNorm, _outNorm;
    private readonly Convolution _inConvolution, _outConvolution;
    private readonly Convolution? _skip;
    private readonly Linear _time;
    private readonly Linear? _sentence;
    private readonly bool _scaleShift;
    private readonly AdmResampling _resampling;

    public AdmResBlock(FrozenWeights weights, long input, long output, AdmShape shape, AdmResampling resampling = AdmResampling.None)
    {
        _scaleShift = shape.ScaleShift;
        _resampling = resampling;
        _inNorm = weights.GroupNorm("in_layers.0", AdmUNet.Groups, input, AdmUNet.Epsilon);
        _inConvolution = weights.Convolution("in_layers.2", input, output, 3);
        long told = _scaleShift ? 2 * output : output;
        _time = weights.Linear("emb_layers.1", shape.TimeChannels, told);
        if (shape.Embedding > 0) { _sentence = weights.Linear("cond_emb_layers.1", shape.Embedding, told); }
        _outNorm = weights.GroupNorm("out_layers.0", AdmUNet.Groups, output, AdmUNet.Epsilon);
        _outConvolution = weights.Convolution("out_layers.3", output, output, 3);
        if (input != output) { _skip = weights.Convolution("skip_connection", input, output, 1); }
    }

    public Tensor Forward(Tensor x, AdmSignals signals)
    {
        using var scope = NewDisposeScope();
        var h = _inConvolution.Forward(Resample(functional.silu(_inNorm.Forward(x))));
        var time = Spread(_time.Forward(signals.Time));
        var sentence = signals.Sentence is { } embedding && _sentence is { } layer ? Spread(layer.Forward(embedding)) : null;
        h = _scaleShift ? Modulated(h, time) : h + time;
        if (sentence is not null)
        {
            // Rows without a sentence go on as if there were none: its layer has a bias, which is no silence.
            var told = _scaleShift ? Modulated(h, sentence) : h + sentence;
            h = where(signals.HasSentence!, told, h);
        }
        if (!_scaleShift) { h = _outNorm.Forward(h); }
        h = _outConvolution.Forward(functional.silu(h));
        return (h + (_skip?.Forward(Resample(x)) ?? Resample(x))).MoveToOuterDisposeScope();
    }

    private Tensor Modulated(Tensor h, Tensor scaleAndShift)
    {
        var both = scaleAndShift.chunk(2, 1);
        return _outNorm.Forward(h) * (1 + both[0]) + both[1];
    }

    private Tensor Resample(Tensor x) => AdmResample.Apply(x, _resampling);

    private static Tensor Spread(Tensor x) => x.unsqueeze(-1).unsqueeze(-1);
}
