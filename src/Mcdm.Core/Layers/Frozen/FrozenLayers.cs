using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Mcdm.Layers.Frozen;

/// <summary>y = x Wᵀ + b, with what low-rank changes add. Borrows its tensors.</summary>
internal sealed class Linear(Tensor weight, Tensor? bias, IReadOnlyList<LowRank> changes)
{
    /// <param name="x">[…, input]</param>
    /// <returns>[…, output]</returns>
    public Tensor Forward(Tensor x)
    {
        var y = functional.linear(x, weight, bias);
        foreach (var change in changes) { y = y + change.Scale * functional.linear(functional.linear(x, change.Down), change.Up); }
        return y;
    }
}

/// <summary>A convolution over [batch, channels, height, width], with what low-rank changes add. Borrows its tensors.</summary>
internal sealed class Convolution(Tensor weight, Tensor? bias, int stride, int padding, IReadOnlyList<LowRank> changes)
{
    private readonly long[] _stride = [stride, stride], _padding = [padding, padding];

    /// <param name="x">[batch, input, height, width]</param>
    /// <returns>[batch, output, height / stride, width / stride]</returns>
    public Tensor Forward(Tensor x)
    {
        var y = functional.conv2d(x, weight, bias, _stride, _padding);
        foreach (var change in changes) { y = y + change.Scale * functional.conv2d(functional.conv2d(x, change.Down, null, _stride, _padding), change.Up); }
        return y;
    }

    /// <summary>A convolution of one place, over places in a row.</summary>
    /// <param name="x">[batch, places, input]</param>
    /// <returns>[batch, places, output]</returns>
    public Tensor OverTokens(Tensor x) => Forward(x.transpose(1, 2).unsqueeze(-1)).squeeze(-1).transpose(1, 2);
}

/// <summary>Group normalisation (Wu and He 2018) with a scale and a shift for every channel. Borrows its tensors.</summary>
internal sealed class GroupNorm(Tensor weight, Tensor bias, int groups, double epsilon)
{
    /// <param name="x">[batch, channels, …]</param>
    public Tensor Forward(Tensor x) => functional.group_norm(x, groups, weight, bias, epsilon);
}

/// <summary>Layer normalisation (Ba et al. 2016) over the last dimension, with scale and shift. Borrows its tensors.</summary>
internal sealed class LayerNorm(Tensor weight, Tensor bias, double epsilon)
{
    private readonly long[] _shape = weight.shape;

    /// <param name="x">[…, width]</param>
    public Tensor Forward(Tensor x) => functional.layer_norm(x, _shape, weight, bias, epsilon);
}
