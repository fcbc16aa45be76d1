using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Mcdm.Networks;
using static TorchSharp.torch;

namespace Mcdm.Experts;

/// <summary>
/// Pictures to latents and back: an autoencoder with the mean and deviation that its latents have over the data, by which they are
/// normalised. Computes in float32: what the decoder rounds is seen as grain. Owns the network's native memory.
/// </summary>
public sealed class LatentCodec : IDisposable
{
    /// <summary>Deviation of normalised latents: the schedules are made for pictures in −1…1, which have about this.</summary>
    internal const double UnitDeviation = 0.7;

    private readonly SharedUse _use = new();
    private readonly Autoencoder _network;
    /// <summary>By channel, [1, channels, 1, 1].</summary>
    private readonly Tensor _mean, _scale;

    internal LatentCodec(string name, Autoencoder network, int imageSize, IReadOnlyList<double> mean, IReadOnlyList<double> deviation, TrainingSummary? training)
    {
        (Name, ImageSize, Mean, Deviation, Training) = (name, imageSize, mean, deviation, training);
        _network = network;
        _mean = PerChannel(mean);
        _scale = PerChannel(deviation.Select(value => value / UnitDeviation));
        Identity = IdentityOf(network, mean.Concat(deviation).ToArray());
    }

    internal Autoencoder Network => _network;

    /// <summary>What it is called.</summary>
    public string Name { get; }

    /// <summary>Shape of its network.</summary>
    public AutoencoderOptions Options => _network.Options;

    /// <summary>Pixels along each side of one latent.</summary>
    public int Factor => Options.Factor;

    /// <summary>Channels of a latent.</summary>
    public int Channels => Options.LatentChannels;

    /// <summary>Side in pixels of the pictures it was trained with, at which experts are trained in it unless told otherwise.</summary>
    public int ImageSize { get; }

    /// <summary>Mean of each channel of the raw latents, over the data.</summary>
    public IReadOnlyList<double> Mean { get; }

    /// <summary>Standard deviation of each channel of the raw latents, over the data.</summary>
    public IReadOnlyList<double> Deviation { get; }

    /// <summary>How it was trained.</summary>
    public TrainingSummary? Training { get; }

    /// <summary>
    /// What its latents mean, in 16 hexadecimal digits: a hash of the encoder and the statistics. Experts that learnt latents of one
    /// identity share a space, whichever decoder shows what they make.
    /// </summary>
    public string Identity { get; }

    /// <summary>Pictures to latents.</summary>
    /// <param name="pictures">Pictures in −1…1, [batch, 3, height, width], sides that <see cref="Factor"/> divides.</param>
    /// <returns>Normalised latents, float32 [batch, channels, height / factor, width / factor].</returns>
    public Tensor Encode(Tensor pictures)
    {
        using var use = _use.Enter(ToString);
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var raw = _network.Encode(pictures.to(_network.Device));
        return ((raw - _mean) / _scale).MoveToOuterDisposeScope();
    }

    /// <summary>Latents to pictures.</summary>
    /// <param name="latents">Normalised latents, [batch, channels, height, width].</param>
    /// <returns>Pictures, float32 [batch, 3, height × factor, width × factor]; some values may lie a little outside −1…1.</returns>
    public Tensor Decode(Tensor latents)
    {
        using var use = _use.Enter(ToString);
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        return _network.Decode(latents.to(_network.Device) * _scale + _mean).MoveToOuterDisposeScope();
    }

    /// <summary>Gives the network's memory back.</summary>
    public void Dispose() => _use.End(() =>
    {
        _network.Dispose();
        _mean.Dispose();
        _scale.Dispose();
    });

    /// <inheritdoc/>
    public override string ToString() => $"The autoencoder {Identity}";

    private Tensor PerChannel(IEnumerable<double> values)
    {
        using var scope = NewDisposeScope();
        return tensor(values.Select(value => (float)value).ToArray(), device: _network.Device).reshape(1, -1, 1, 1).DetachFromDisposeScope();
    }

    /// <summary>Weights count as they are stored, in half precision.</summary>
    private static string IdentityOf(Autoencoder network, double[] statistics)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var parameter in network.EncoderLayers.SelectMany(layer => layer.parameters()))
        {
            using var scope = NewDisposeScope();
            hash.AppendData(MemoryMarshal.AsBytes<Half>(parameter.detach().to(ScalarType.Float16).cpu().contiguous().data<Half>().ToArray()));
        }
        hash.AppendData(MemoryMarshal.AsBytes<double>(statistics));
        return Convert.ToHexString(hash.GetHashAndReset())[..16].ToLowerInvariant();
    }
}
