using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using static TorchSharp.torch;

namespace Mcdm.Weights;

/// <summary>What tells weights from others without reading all of a file's bytes: names, shapes and a few numbers of each tensor.</summary>
internal static class WeightFingerprint
{
    /// <summary>Numbers that are looked at of each tensor.</summary>
    private const int SampledNumbers = 64;

    /// <summary>A hash in hexadecimal digits.</summary>
    public static string Of(IWeights weights)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string name in weights.Names.Order(StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{name}[{string.Join(',', weights.Shape(name))}]")));
        }
        hash.AppendData(MemoryMarshal.AsBytes<float>(Sample(weights, weights.Names.Order(StringComparer.Ordinal)).ToArray()));
        return Convert.ToHexString(hash.GetHashAndReset()).ToLowerInvariant();
    }

    /// <summary>One hash of several.</summary>
    public static string Join(params IEnumerable<string> prints) =>
        Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', prints)))).ToLowerInvariant();

    /// <summary>A few numbers of each tensor.</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="names">Which tensors, in which order.</param>
    public static IEnumerable<float> Sample(IWeights weights, IEnumerable<string> names)
    {
        foreach (string name in names)
        {
            using var scope = NewDisposeScope();
            var flat = weights.Read(name).flatten();
            long step = Math.Max(1, flat.shape[0] / SampledNumbers);
            var some = flat.index_select(0, arange(0, Math.Min(flat.shape[0], step * SampledNumbers), step)).to(ScalarType.Float32);
            foreach (float value in some.data<float>().ToArray()) { yield return value; }
        }
    }
}
