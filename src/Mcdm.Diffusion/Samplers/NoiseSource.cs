using static TorchSharp.torch;

namespace Mcdm.Diffusion.Samplers;

/// <summary>
/// Noise for a batch in which every sample has a seed of its own: sample k's noise depends on its seed alone, not on the
/// batch's size or what else runs. Drawn on the CPU, so that it is the same on every device.
/// </summary>
public sealed class NoiseSource : IDisposable
{
    private readonly Generator[][] _generators;
    private readonly long[] _shape;
    private readonly Device _device;

    /// <param name="seeds">One seed a sample.</param>
    /// <param name="shape">Shape of one sample, [channels, height, width].</param>
    /// <param name="device">Where the noise is wanted.</param>
    public NoiseSource(IReadOnlyList<long> seeds, long[] shape, Device? device = null)
    {
        _generators = seeds.Select(seed => Seeds.OfGenerators(seed).Select(own => new Generator(own)).ToArray()).ToArray();
        _shape = shape;
        _device = device ?? CPU;
    }

    /// <summary>The next standard normal noise, float32 [batch, channels, height, width].</summary>
    public Tensor Next()
    {
        using var scope = NewDisposeScope();
        return stack(_generators.Select(Draw)).to(_device).MoveToOuterDisposeScope();
    }

    /// <summary>A sample's noise. A large seed's is the sum of two, of which either may be another seed's as well, but not both.</summary>
    private Tensor Draw(Generator[] generators)
    {
        var noise = randn(_shape, generator: generators[0]);
        return generators.Length == 1 ? noise : noise.mul_(0.6f).add_(randn(_shape, generator: generators[1]), 0.8f); // 0.6² + 0.8² = 1
    }

    /// <summary>Disposes the generators.</summary>
    public void Dispose()
    {
        foreach (var generator in _generators.SelectMany(own => own)) { generator.Dispose(); }
    }
}
