using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Mcdm.Datasets;

namespace Mcdm.Training;

/// <summary>
/// Tells a dataset from another by its pictures: their names, and samples of their files. A few that were mended, or taken away because they could not
/// be, do not make it another one.
/// </summary>
internal static class PictureFingerprints
{
    private const int NameDigits = 12, ContentDigits = 8, Digits = NameDigits + ContentDigits;

    /// <summary>Bytes that are looked at, at the beginning, in the middle and at the end of a file each.</summary>
    private const int SampleBytes = 2048;

    /// <summary>One picture of so many may have changed, and one in any case.</summary>
    private const int ChangedOf = 10;

    /// <summary>The prints of pictures, in their order, as hexadecimal digits.</summary>
    public static string Of(IReadOnlyList<DatasetItem> items)
    {
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        var prints = new StringBuilder(items.Count * Digits);
        foreach (var item in items)
        {
            // Several folders may have pictures of one name.
            seen[item.Name] = seen.GetValueOrDefault(item.Name) + 1;
            prints.Append(Hex(Encoding.UTF8.GetBytes($"{item.Name} {seen[item.Name]}"), NameDigits)).Append(Hex(Sample(item.PicturePath), ContentDigits));
        }
        return prints.ToString();
    }

    /// <summary>What a dataset is compared with the one that a run began with.</summary>
    /// <returns>Whether it is another one, and in words what has changed: null for nothing.</returns>
    public static (bool IsOther, string? Change) Compare(string then, string now)
    {
        var (before, after) = (ByName(then), ByName(now));
        int added = after.Keys.Count(name => !before.ContainsKey(name));
        int gone = before.Keys.Count(name => !after.ContainsKey(name));
        int changed = before.Count(pair => after.TryGetValue(pair.Key, out string? content) && content != pair.Value);
        string? change = added + gone + changed == 0 ? null
            : $"of {before.Count} pictures then, {changed} have changed and {gone} are not there now, and {added} others are";
        return (added > 0 || gone + changed > Math.Max(1, before.Count / ChangedOf), change);
    }

    private static Dictionary<string, string> ByName(string prints)
    {
        var contents = new Dictionary<string, string>(StringComparer.Ordinal);
        for (int at = 0; at + Digits <= prints.Length; at += Digits)
        {
            contents[prints.Substring(at, NameDigits)] = prints.Substring(at + NameDigits, ContentDigits);
        }
        return contents;
    }

    /// <summary>The length and some of the bytes of a file; nothing where it cannot be read, which is said when its turn comes.</summary>
    private static byte[] Sample(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            var sample = new byte[sizeof(long) + 3 * SampleBytes];
            BinaryPrimitives.WriteInt64LittleEndian(sample, file.Length);
            for (int i = 0; i < 3; i++)
            {
                file.Position = Math.Max(0, (file.Length - SampleBytes) * i / 2);
                file.ReadAtLeast(sample.AsSpan(sizeof(long) + i * SampleBytes, SampleBytes), SampleBytes, throwOnEndOfStream: false);
            }
            return sample;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static string Hex(byte[] bytes, int digits) => Convert.ToHexString(SHA256.HashData(bytes))[..digits];
}
