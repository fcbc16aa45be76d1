using static TorchSharp.torch;

namespace Mcdm.Experts;

/// <summary>Pictures to latents and back: an autoencoder with the numbers that its latents are normalised by. Owns the network's native memory.</summary>
public abstract class LatentCodec : IPictureCodec, IDisposable
{
    private readonly SharedUse _use = new();

    private protected LatentCodec(string name, string identity) => (Name, Identity) = (name, identity);

    /// <summary>What it is called.</summary>
    public string Name { get; }

    /// <summary>
    /// What its latents mean, in 16 hexadecimal digits: a hash of the encoder and the numbers. Experts that learnt latents of one
    /// identity share a space, whichever decoder shows what they make.
    /// </summary>
    public string Identity { get; }

    /// <summary>Pixels along each side of one latent.</summary>
    public abstract int Factor { get; }

    /// <summary>Channels of a latent.</summary>
    public abstract int Channels { get; }

    /// <summary>The device it computes on.</summary>
    public abstract Device Device { get; }

    /// <summary>Pictures to latents.</summary>
    /// <param name="pictures">Pictures in −1…1, [batch, 3, height, width], sides that <see cref="Factor"/> divides.</param>
    /// <returns>Normalised latents, float32 [batch, channels, height / factor, width / factor].</returns>
    public Tensor Encode(Tensor pictures) => Use(() => ToLatents(pictures.to(Device)));

    /// <summary>Latents to pictures.</summary>
    /// <param name="latents">Normalised latents, [batch, channels, height, width].</param>
    /// <returns>Pictures, float32 [batch, 3, height × factor, width × factor]; some values may lie a little outside −1…1.</returns>
    public Tensor Decode(Tensor latents) => Use(() => ToPictures(latents.to(Device)));

    /// <summary>Latents to pictures that show roughly what <see cref="Decode"/> would, soon; by default they are its own.</summary>
    /// <inheritdoc cref="Decode"/>
    public Tensor Preview(Tensor latents) => Use(() => ToPreview(latents.to(Device)));

    /// <inheritdoc cref="Encode"/>
    private protected abstract Tensor ToLatents(Tensor pictures);

    /// <inheritdoc cref="Decode"/>
    private protected abstract Tensor ToPictures(Tensor latents);

    /// <inheritdoc cref="Preview"/>
    private protected virtual Tensor ToPreview(Tensor latents) => ToPictures(latents);

    /// <summary>Bytes that decoding one picture takes, float32, roughly.</summary>
    internal abstract long BytesPerPicture(LatentSpace space);

    /// <summary>Disposes of it, once no thread uses it.</summary>
    public void Dispose()
    {
        _use.End(Release);
        GC.SuppressFinalize(this);
    }

    /// <summary>Disposes of it.</summary>
    private protected abstract void Release();

    /// <inheritdoc/>
    public override string ToString() => $"The autoencoder {Identity}";

    private Tensor Use(Func<Tensor> compute)
    {
        using var use = _use.Enter(ToString);
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        return compute().MoveToOuterDisposeScope();
    }
}
