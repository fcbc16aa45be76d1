using System.Security.Cryptography;
using System.Text;
using static System.FormattableString;

namespace Mcdm.Weights.Hub;

/// <summary>A file of a repository.</summary>
/// <param name="Path">Where it lies, with slashes.</param>
/// <param name="Size">Its bytes; null where the hub does not say.</param>
/// <param name="Hash">
/// SHA-256 of a large file (LFS), or git's blob SHA-1 of a small one, hexadecimal: its name in the cache. Null where the hub does not say.
/// </param>
public sealed record HubFile(string Path, long? Size, string? Hash)
{
    /// <summary>What is wrong with the bytes that came; null where they are the file's.</summary>
    /// <param name="path">Where they lie.</param>
    internal string? Problem(string path)
    {
        long length = new FileInfo(path).Length;
        if (Size is { } size && length != size) { return Invariant($"it has {length} bytes, and the hub says {size}"); }
        if (Hash is null) { return null; }
        using var stream = File.OpenRead(path);
        string actual = Hash.Length == 64 ? Convert.ToHexString(SHA256.HashData(stream)).ToLowerInvariant() : BlobHash(stream);
        return actual == Hash ? null : $"its {(Hash.Length == 64 ? "SHA-256" : "git hash")} is {actual}, and the hub says {Hash}";
    }

    /// <summary>What git calls a file by: the SHA-1 of a header and its bytes.</summary>
    private static string BlobHash(FileStream stream)
    {
#pragma warning disable CA5350 // It is git's name of the file, not a protection of ours.
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
#pragma warning restore CA5350
        hash.AppendData(Encoding.ASCII.GetBytes(Invariant($"blob {stream.Length}\0")));
        byte[] buffer = new byte[1 << 16];
        for (int read; (read = stream.Read(buffer)) > 0;) { hash.AppendData(buffer, 0, read); }
        return Convert.ToHexString(hash.GetHashAndReset()).ToLowerInvariant();
    }
}
