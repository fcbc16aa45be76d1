using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Mcdm.Layers;

/// <summary>The few layers whose initial values matter, made in one place.</summary>
internal static class TrainedLayers
{
    private static readonly object Initializing = new();

    /// <summary>Makes a network. libtorch draws initial weights from one generator for the whole process, so only one network is made at a time.</summary>
    /// <param name="seed">Seed of the initial weights; null where they will be replaced.</param>
    /// <param name="make">Makes it.</param>
    public static T Initialize<T>(long? seed, Func<T> make) where T : nn.Module
    {
        lock (Initializing)
        {
            if (seed is { } value) { manual_seed(value); }
            return make();
        }
    }

    /// <summary>Layer normalisation over the last dimension, set to the identity (TorchSharp leaves some norms' weights uninitialised).</summary>
    public static LayerNorm LayerNorm(int channels)
    {
        var norm = nn.LayerNorm(channels);
        Fill(norm.weight, 1);
        Fill(norm.bias, 0);
        return norm;
    }

    /// <summary>A 3×3 convolution that keeps the resolution.</summary>
    public static Conv2d Conv3(int input, int output) => WithChannelsLastWeights(() => nn.Conv2d(input, output, 3, padding: 1));

    /// <summary>A 4×4 convolution that halves the resolution.</summary>
    public static Conv2d Halve(int input, int output) => WithChannelsLastWeights(() => nn.Conv2d(input, output, 4, stride: 2, padding: 1));

    /// <summary>A 1×1 convolution.</summary>
    public static Conv2d Conv1(int input, int output) => Tidily(() => nn.Conv2d(input, output, 1));

    /// <summary>Sets a layer to zero, so that what it feeds starts unchanged.</summary>
    public static Conv2d Zero(this Conv2d layer)
    {
        Fill(layer.weight, 0);
        Fill(layer.bias, 0);
        return layer;
    }

    /// <inheritdoc cref="Zero(Conv2d)"/>
    public static Linear Zero(this Linear layer)
    {
        Fill(layer.weight, 0);
        Fill(layer.bias, 0);
        return layer;
    }

    /// <summary>
    /// Layer normalisation over the channels at each position of a [batch, channels, height, width] tensor laid out
    /// channels-last. On CPUs it takes a quarter of the time of group normalisation, which took as long as the convolutions.
    /// </summary>
    public static Tensor OverChannels(this LayerNorm norm, Tensor x) => norm.forward(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2);

    /// <summary>Weights laid out as the data are spare a reordering at every call (a third of a small convolution's time).</summary>
    private static Conv2d WithChannelsLastWeights(Func<Conv2d> make) => Tidily(() =>
    {
        var layer = make();
        using var contiguous = layer.weight!;
        using var _ = no_grad();
        // Weights of one channel are laid out so already and not copied: detached, they are no view of what autograd tracks.
        layer.weight = new Parameter(contiguous.detach().ChannelsLast());
        return layer;
    });

    /// <summary>Makes a layer and leaves nothing but it: TorchSharp's own first values would stay in memory until the garbage collector comes by.</summary>
    private static Conv2d Tidily(Func<Conv2d> make)
    {
        using var scope = NewDisposeScope();
        var layer = make();
        foreach (var parameter in layer.parameters()) { parameter.MoveToOuterDisposeScope(); }
        return layer;
    }

    private static void Fill(Tensor? parameter, double value)
    {
        using var _ = no_grad();
        parameter?.fill_(value);
    }
}
