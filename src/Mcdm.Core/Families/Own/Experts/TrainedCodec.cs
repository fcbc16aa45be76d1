using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Mcdm.Experts;
using Mcdm.Families.Own.Networks;
using static TorchSharp.torch;

namespace Mcdm.Families.Own.Experts;

/// <summary>
/// An autoencoder that Mcdm trained, with the mean and deviation that its latents have over the data, by which they are normalised.
/// Computes in float32: what the decoder rounds is seen as grain.
/// </summary>
public sealed class TrainedCodec : LatentCodec
{
    /// <summary>Deviation of normalised latents: the schedules are made for pictures in −1…1, which have about this.</summary>
    internal const double UnitDeviation = 0.7;

    /// <summary>Tensors of the decoder's first level that are alive at once.</summary>
    private const int LiveTensors = 8;

    /// <summary>By channel, [1, channels, 1, 1].</summary>
    private readonly Tensor _mean, _scale;

    internal TrainedCodec(string name, Autoencoder network, int imageSize, IReadOnlyList<double> mean, IReadOnlyList<double> deviation,
        TrainingSummary? training)
        : base(name, IdentityOf(network, mean.Concat(deviation).ToArray()))
    {
        (Network, ImageSize, Mean, Deviation, Training) = (network, imageSize, mean, deviation, training);
        _mean = PerChannel(mean);
        _scale = PerChannel(deviation.Select(value => value / UnitDeviation));
    }

    internal Autoencoder Network { get; }

    /// <summary>Shape of its network.</summary>
    public AutoencoderOptions Options => Network.Options;

    /// <inheritdoc/>
    public override int Factor => Options.Factor;

    /// <inheritdoc/>
    public override int Channels => Options.LatentChannels;

    /// <inheritdoc/>
    public override Device Device => Network.Device;

    /// <summary>Side in pixels of the pictures it was trained with, at which experts are trained in it unless told otherwise.</summary>
    public int ImageSize { get; }

    /// <summary>Mean of each channel of the raw latents, over the data.</summary>
    public IReadOnlyList<double> Mean { get; }

    /// <summary>Standard deviation of each channel of the raw latents, over the data.</summary>
    public IReadOnlyList<double> Deviation { get; }

    /// <summary>How it was trained.</summary>
    public TrainingSummary? Training { get; }

    private protected override Tensor ToLatents(Tensor pictures) => (Network.Encode(pictures) - _mean) / _scale;

    private protected override Tensor ToPictures(Tensor latents) => Network.Decode(latents * _scale + _mean);

    internal override long BytesPerPicture(LatentSpace space) =>
        (long)space.PictureHeight * space.PictureWidth / 4 * Options.Width * sizeof(float) * LiveTensors;

    private protected override void Release()
    {
        Network.Dispose();
        _mean.Dispose();
        _scale.Dispose();
    }

    private Tensor PerChannel(IEnumerable<double> values)
    {
        using var scope = NewDisposeScope();
        return tensor(values.Select(value => (float)value).ToArray(), device: Network.Device).reshape(1, -1, 1, 1).DetachFromDisposeScope();
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
