using static TorchSharp.torch;

namespace Mcdm.Diffusion.Samplers;

/// <summary>
/// Noise for a batch in which every sample has a seed of its own: sample k's noise depends on its seed alone, not on the
/// batch's size or what else runs. Drawn on the CPU, so that it is the same on every device.
/// </summary>
public sealed class NoiseSource : IDisposable
{
    private readonly Generator[] _generators;
    private readonly long[] _shape;
    private readonly Device _device;

    /// <param name="seeds">One seed a sample.</param>
    /// <param name="shape">Shape of one sample, [channels, height, width].</param>
    /// <param name="device">Where the noise is wanted.</param>
    public NoiseSource(IReadOnlyList<long> seeds, long[] shape, Device? device = null)
    {
        _generators = seeds.Select(seed => new Generator(unchecked((ulong)seed))).ToArray();
        _shape = shape;
        _device = device ?? CPU;
    }

    /// <summary>The next standard normal noise, float32 [batch, channels, height, width].</summary>
    public Tensor Next()
    {
        using var scope = NewDisposeScope();
        return stack(_generators.Select(generator => randn(_shape, generator: generator))).to(_device).MoveToOuterDisposeScope();
    }

    /// <summary>Gives the generators back.</summary>
    public void Dispose()
    {
        foreach (var generator in _generators) { generator.Dispose(); }
    }
}
