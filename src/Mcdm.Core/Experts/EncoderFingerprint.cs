using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Mcdm.Experts;

/// <summary>
/// A sample of an encoder's weights, by which two autoencoders are told apart although one's file may be rounded: they encode alike where all
/// sampled weights agree within 1e-3 (of themselves, where they are over 1: what half precision rounds).
/// </summary>
/// <param name="sample">Weights of every tensor, in the order of the tensors' names.</param>
public sealed class EncoderFingerprint(float[] sample)
{
    private const float Tolerance = 1e-3f;

    /// <summary>Whether both encoders give the same latents, about.</summary>
    public bool IsClose(EncoderFingerprint other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return sample.Length == other.Sample.Length
            && sample.Zip(other.Sample).All(pair => MathF.Abs(pair.First - pair.Second) <= Tolerance * MathF.Max(1, MathF.Abs(pair.First)));
    }

    private float[] Sample => sample;

    /// <summary>Eight hexadecimal digits, for people to tell two apart.</summary>
    public override string ToString() => Convert.ToHexString(SHA256.HashData(MemoryMarshal.AsBytes<float>(sample)))[..8].ToLowerInvariant();
}
