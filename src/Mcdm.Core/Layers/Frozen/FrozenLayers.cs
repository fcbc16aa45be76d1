using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Mcdm.Layers.Frozen;

/// <summary>y = x Wᵀ + b, with what changes make of W and b. Borrows its tensors.</summary>
internal sealed class Linear(LayerTensor weight, LayerTensor? bias)
{
    /// <param name="x">[…, input]</param>
    /// <returns>[…, output]</returns>
    public Tensor Forward(Tensor x)
    {
        // What is widened is given back at once.
        using var scope = weight.IsWidened ? NewDisposeScope() : null;
        return scope is null ? Through(x) : Through(x).MoveToOuterDisposeScope();
    }

    private Tensor Through(Tensor x)
    {
        if (weight.Beside is not { } beside) { return functional.linear(x, weight.Value(), bias?.Value()); }
        var y = weight.OwnIn(LinearForm.Any, packed => PackedOperators.Linear(x, packed, bias?.Value())) ?? functional.linear(x, weight.Own(), bias?.Value());
        foreach (var change in beside) { y = y + change.Scale * functional.linear(functional.linear(x, change.Down), change.Up); }
        return y;
    }
}

/// <summary>A convolution over [batch, channels, height, width], with what changes make of its weight and bias. Borrows its tensors.</summary>
internal sealed class Convolution(LayerTensor weight, LayerTensor? bias, int stride, int padding)
{
    private readonly long[] _stride = [stride, stride], _padding = [padding, padding];
    private readonly bool _isPointwise = weight.Shape[2..] is [1, 1] && stride == 1 && padding == 0;

    /// <param name="x">[batch, input, height, width]</param>
    /// <returns>[batch, output, height / stride, width / stride]</returns>
    public Tensor Forward(Tensor x)
    {
        using var scope = weight.IsWidened ? NewDisposeScope() : null;
        return scope is null ? Through(x) : Through(x).MoveToOuterDisposeScope();
    }

    private Tensor Through(Tensor x)
    {
        if (weight.Beside is not { } beside) { return functional.conv2d(x, weight.Value(), bias?.Value(), _stride, _padding); }
        var y = Own(x);
        foreach (var change in beside)
        {
            var down = change.Down.reshape([-1, .. weight.Shape[1..]]);
            y = y + change.Scale * functional.conv2d(functional.conv2d(x, down, null, _stride, _padding), change.Up.unsqueeze(-1).unsqueeze(-1));
        }
        return y;
    }

    private Tensor Own(Tensor x)
    {
        if (_isPointwise)
        {
            var places = weight.OwnIn(LinearForm.Any, packed => PackedOperators.Linear(x.permute(0, 2, 3, 1), packed, bias?.Value()));
            if (places is not null) { return places.permute(0, 3, 1, 2); }
        }
        return weight.OwnIn(new ConvolutionForm(stride, padding, x.shape[2], x.shape[3]), packed => OneByOne(x, packed))
            ?? functional.conv2d(x, weight.Own(), bias?.Value(), _stride, _padding);
    }

    /// <summary>Pictures one by one, which takes no longer: the weight is packed for one of a size.</summary>
    private Tensor OneByOne(Tensor x, Tensor packed)
    {
        if (x.shape[0] == 1) { return PackedOperators.Convolve(x, packed, bias?.Value(), stride, padding); }
        using var scope = NewDisposeScope();
        var each = x.split(1).Select(one => PackedOperators.Convolve(one, packed, bias?.Value(), stride, padding)).ToArray();
        return cat(each).MoveToOuterDisposeScope();
    }

    /// <summary>A convolution of one place, over places in a row.</summary>
    /// <param name="x">[batch, places, input]</param>
    /// <returns>[batch, places, output]</returns>
    public Tensor OverTokens(Tensor x) => Forward(x.transpose(1, 2).unsqueeze(-1)).squeeze(-1).transpose(1, 2);
}

/// <summary>Group normalisation (Wu and He 2018) with a scale and a shift for every channel. Borrows its tensors.</summary>
internal sealed class GroupNorm(LayerTensor weight, LayerTensor bias, int groups, double epsilon)
{
    /// <param name="x">[batch, channels, …]</param>
    public Tensor Forward(Tensor x) => functional.group_norm(x, groups, weight.Value(), bias.Value(), epsilon);
}

/// <summary>Layer normalisation (Ba et al. 2016) over the last dimension, with scale and shift. Borrows its tensors.</summary>
internal sealed class LayerNorm(LayerTensor weight, LayerTensor bias, double epsilon)
{
    private readonly long[] _shape = weight.Shape;

    /// <param name="x">[…, width]</param>
    public Tensor Forward(Tensor x) => functional.layer_norm(x, _shape, weight.Value(), bias.Value(), epsilon);
}
