using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using static System.FormattableString;

namespace Mcdm.Runtime.Installation;

/// <summary>
/// Takes the native libraries out of packages. CUDA's are larger than a package may be: such a library is cut into a primary part, in
/// <c>runtimes/</c> with the SHA-256 of the whole beside it, and fragments in other packages' <c>fragments/</c>, numbered from 1.
/// </summary>
internal static partial class PackageContents
{
    private const string HashFile = ".sha";

    /// <summary>Takes them out and joins what was cut.</summary>
    /// <param name="packages">The .nupkg files.</param>
    /// <param name="platform">Operating system and processor, such as <c>linux-x64</c>.</param>
    /// <param name="folder">An empty folder.</param>
    /// <param name="report">Told how many bytes are written, and of how many.</param>
    /// <param name="cancellation">Stops between two files.</param>
    /// <exception cref="McdmException"><c>RuntimePackageBroken</c>, <c>RuntimeNotWritten</c>.</exception>
    public static void Unpack(IReadOnlyList<string> packages, string platform, string folder, Action<long, long> report, CancellationToken cancellation)
    {
        var archives = new List<ZipArchive>();
        try
        {
            foreach (string package in packages) { archives.Add(Open(package)); }
            var libraries = archives.SelectMany(archive => archive.Entries)
                .Where(entry => entry.FullName.StartsWith($"runtimes/{platform}/native/", StringComparison.Ordinal) && IsNeeded(entry.Name)).ToList();
            var fragments = archives.SelectMany(archive => archive.Entries).Select(entry => (Entry: entry, Match: Fragment().Match(entry.FullName)))
                .Where(pair => pair.Match.Success && pair.Match.Groups["platform"].Value == platform)
                .ToLookup(pair => pair.Match.Groups["name"].Value,
                    pair => (pair.Entry, Number: int.Parse(pair.Match.Groups["number"].ValueSpan, CultureInfo.InvariantCulture)));
            if (fragments.Select(group => group.Key).Except(libraries.Select(entry => entry.Name)).FirstOrDefault() is { } headless)
            {
                throw Broken(headless, "the part that its fragments belong to is missing");
            }
            long total = libraries.Sum(entry => entry.Length) + fragments.SelectMany(group => group).Sum(fragment => fragment.Entry.Length), written = 0;
            RequireRoom(folder, total);
            foreach (var library in libraries.Where(entry => !entry.Name.EndsWith(HashFile, StringComparison.Ordinal)))
            {
                cancellation.ThrowIfCancellationRequested();
                var parts = fragments[library.Name].OrderBy(fragment => fragment.Number).ToList();
                if (!parts.Select(part => part.Number).SequenceEqual(Enumerable.Range(1, parts.Count))) { throw Broken(library.Name, "a fragment is missing"); }
                Write(Path.Combine(folder, library.Name), [library, .. parts.Select(part => part.Entry)]);
                if (parts.Count > 0)
                {
                    RequireHash(Path.Combine(folder, library.Name), libraries.FirstOrDefault(entry => entry.Name == library.Name + HashFile));
                }
                report(written += library.Length + parts.Sum(part => part.Entry.Length), total);
            }
        }
        finally
        {
            archives.ForEach(archive => archive.Dispose());
        }
    }

    /// <summary>What libtorch brings for Python and for its own tests stays behind.</summary>
    private static bool IsNeeded(string name) => !Unneeded().IsMatch(name);

    private static ZipArchive Open(string package)
    {
        try
        {
            return ZipFile.OpenRead(package);
        }
        catch (InvalidDataException e)
        {
            throw Broken(Path.GetFileName(package), e.Message.TrimEnd('.'));
        }
    }

    private static void Write(string path, IReadOnlyList<ZipArchiveEntry> parts)
    {
        try
        {
            using var file = File.Create(path);
            foreach (var part in parts)
            {
                using var content = part.Open();
                content.CopyTo(file);
            }
        }
        catch (InvalidDataException e)
        {
            throw Broken(Path.GetFileName(path), e.Message.TrimEnd('.'));
        }
        catch (IOException e)
        {
            throw PackageDownload.NotWritten(path, e);
        }
    }

    private static void RequireHash(string path, ZipArchiveEntry? recorded)
    {
        if (recorded is null) { throw Broken(Path.GetFileName(path), "the hash of the whole is missing"); }
        using var reader = new StreamReader(recorded.Open());
        using var file = File.OpenRead(path);
        if (!Convert.ToHexString(SHA256.HashData(file)).Equals(reader.ReadToEnd().Trim(), StringComparison.OrdinalIgnoreCase))
        {
            throw Broken(Path.GetFileName(path), "joined from its fragments it has another hash than was recorded");
        }
    }

    private static void RequireRoom(string folder, long bytes)
    {
        long room = new DriveInfo(folder).AvailableFreeSpace;
        if (room >= bytes) { return; }
        throw PackageDownload.NotWritten(folder, new IOException(Invariant($"{bytes / 1e6:0} MB are needed and {room / 1e6:0} MB are free")));
    }

    private static McdmException Broken(string name, string why) =>
        new("RuntimePackageBroken", ErrorKind.InvalidData, $"'{name}' of libtorch's packages is broken: {why}. Nothing was installed.");

    [GeneratedRegex(@"^fragments/(?<platform>[^/]+)/native/(?<name>[^/]+)\.fragment(?<number>\d+)$")]
    private static partial Regex Fragment();

    [GeneratedRegex(@"torch_python|_test\.|backend_with_compiler|^(lib)?shm\.|aoti_custom_ops|nnapi_backend|^$")]
    private static partial Regex Unneeded();
}
