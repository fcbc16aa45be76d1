using Mcdm.Experts;
using static TorchSharp.torch;

namespace Mcdm.Families.StableDiffusion.Experts;

/// <summary>A decoder that shows latents in place of a model's own. Owns its network's memory.</summary>
internal interface ILatentDecoder : IDisposable
{
    /// <summary>Channels of the latents.</summary>
    long Channels { get; }

    /// <summary>Pixels along each side of one latent.</summary>
    int Factor { get; }

    /// <summary>Latents as the model's experts have them to pictures in about −1…1.</summary>
    Tensor Decode(Tensor latents);

    /// <summary>A rough picture of latents, soon; null where it is no quicker than <see cref="Decode"/>.</summary>
    Tensor? Preview(Tensor latents, Func<Tensor, Tensor> own);

    /// <summary>Bytes that decoding one picture takes, float32, roughly.</summary>
    long BytesPerPicture(LatentSpace space);
}
