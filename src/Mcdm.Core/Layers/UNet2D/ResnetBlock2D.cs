using Mcdm.Layers.Frozen;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Mcdm.Layers.UNet2D;

/// <summary>Two normalised convolutions beside a short cut (He et al. 2016), told the time between them (Ho et al. 2020).</summary>
internal sealed class ResnetBlock2D
{
    private readonly GroupNorm _norm1, _norm2;
    private readonly Convolution _conv1, _conv2;
    private readonly Convolution? _convShortcut;
    private readonly Linear? _timeEmbProj;
    private readonly bool _scaleShift;

    public ResnetBlock2D(FrozenWeights weights, long input, long output, BlockStyle style)
    {
        _norm1 = weights.GroupNorm("norm1", style.Groups, input, style.Epsilon);
        _conv1 = weights.Convolution("conv1", input, output, 3);
        _norm2 = weights.GroupNorm("norm2", style.Groups, output, style.Epsilon);
        _conv2 = weights.Convolution("conv2", output, output, 3);
        _scaleShift = style.ScaleShift;
        if (style.TimeChannels is { } time) { _timeEmbProj = weights.Linear("time_emb_proj", time, _scaleShift ? 2 * output : output); }
        if (input != output) { _convShortcut = weights.Convolution("conv_shortcut", input, output, 1); }
    }

    /// <param name="x">[batch, input, height, width]</param>
    /// <param name="time">The time embedding after its non-linearity, [batch, time channels]; null for an autoencoder.</param>
    /// <returns>[batch, output, height, width]</returns>
    public Tensor Forward(Tensor x, Tensor? time)
    {
        using var scope = NewDisposeScope();
        var told = _timeEmbProj?.Forward(time!).unsqueeze(-1).unsqueeze(-1);
        var h = Convolve(_conv1, _norm1.Forward(x));
        if (told is not null && !_scaleShift) { h.add_(told); }
        var normal = _norm2.Forward(h);
        h.Dispose();
        if (told is not null && _scaleShift)
        {
            var scaleAndShift = told.chunk(2, 1);
            normal.mul_(1 + scaleAndShift[0]).add_(scaleAndShift[1]);
        }
        h = Convolve(_conv2, normal);
        return h.add_(_convShortcut?.Forward(x) ?? x).MoveToOuterDisposeScope();
    }

    /// <summary>Frees the memory of what is normalised at once: at the full size of a picture it counts.</summary>
    private static Tensor Convolve(Convolution convolution, Tensor normal)
    {
        // What is in place is given out once more, and keeps the memory too.
        using var same = functional.silu(normal, inplace: true);
        var h = convolution.Forward(same);
        normal.Dispose();
        return h;
    }
}
