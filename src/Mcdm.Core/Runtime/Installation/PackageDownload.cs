using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using static System.FormattableString;

namespace Mcdm.Runtime.Installation;

/// <summary>Brings one package into a folder: it goes on where an earlier try ended, and the file has its final name only when its hash is right.</summary>
internal static class PackageDownload
{
    private const int BufferSize = 1 << 17;
    private const string Unfinished = ".part";

    /// <summary>Brings a package.</summary>
    /// <param name="package">Which.</param>
    /// <param name="location">Where it can be had.</param>
    /// <param name="folder">A folder that is there.</param>
    /// <param name="report">Told how many bytes are there, and of how many (0 where the source does not say).</param>
    /// <param name="cancellation">Stops between two reads; what has come is kept.</param>
    /// <returns>The whole file, its hash checked.</returns>
    /// <exception cref="McdmException"><c>RuntimeDownloadFailed</c>, <c>RuntimeHashDiffers</c>, <c>RuntimeNotWritten</c>.</exception>
    public static string Bring(LibTorchPackage package, PackageLocation location, string folder, Action<long, long> report, CancellationToken cancellation)
    {
        if (location.File is { } file)
        {
            RequireHash(package, file, location);
            return file;
        }
        string whole = Path.Combine(folder, $"{package.Id}.{package.Version}.nupkg"), part = whole + Unfinished;
        if (File.Exists(whole)) { return whole; }
        Download(package, location, part, report, cancellation);
        try
        {
            RequireHash(package, part, location);
        }
        catch (McdmException)
        {
            File.Delete(part);
            throw;
        }
        File.Move(part, whole);
        return whole;
    }

    private static void Download(LibTorchPackage package, PackageLocation location, string part, Action<long, long> report, CancellationToken cancellation)
    {
        try
        {
            using var client = new HttpClient(location.Handler!, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };
            using var file = new FileStream(part, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None, bufferSize: 0);
            using var request = new HttpRequestMessage(HttpMethod.Get, location.Address);
            if (file.Length > 0) { request.Headers.Range = new RangeHeaderValue(file.Length, null); }
            using var response = client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation).GetAwaiter().GetResult();
            if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable) { return; }
            response.EnsureSuccessStatusCode();
            if (file.Length > 0 && response.StatusCode != HttpStatusCode.PartialContent) { file.SetLength(0); }
            file.Position = file.Length;
            long total = response.Content.Headers.ContentLength is { } length ? file.Length + length : 0;
            using var content = response.Content.ReadAsStream(cancellation);
            byte[] buffer = new byte[BufferSize];
            for (int read; (read = content.ReadAsync(buffer, cancellation).AsTask().GetAwaiter().GetResult()) > 0;)
            {
                Write(() => file.Write(buffer, 0, read), part);
                report(file.Length, total);
            }
            Write(() => file.Flush(flushToDisk: true), part);
            if (file.Length < total) { throw new HttpRequestException(Invariant($"the connection ended after {file.Length} of {total} bytes")); }
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new McdmException("RuntimeDownloadFailed", ErrorKind.ReadFailed,
                $"{package} could not be downloaded from {location.Source} ({e.Message.TrimEnd('.')}); what has come is kept, and Install-McdmRuntime goes on from there.", e);
        }
    }

    private static void Write(Action write, string path)
    {
        try
        {
            write();
        }
        catch (IOException e)
        {
            throw NotWritten(path, e);
        }
    }

    /// <summary>The error that a file of the installation cannot be written, such as to a full disk.</summary>
    public static McdmException NotWritten(string path, Exception cause) =>
        new("RuntimeNotWritten", ErrorKind.WriteFailed, $"'{path}' cannot be written ({cause.Message.TrimEnd('.')}); nothing was installed. Make room, and run Install-McdmRuntime again.", cause);

    private static void RequireHash(LibTorchPackage package, string file, PackageLocation location)
    {
        using var stream = File.OpenRead(file);
        string hash = Convert.ToBase64String(SHA512.HashData(stream));
        if (hash == package.Sha512) { return; }
        throw new McdmException("RuntimeHashDiffers", ErrorKind.InvalidData,
            $"{package} from {location.Source} is not the package that this module was built with: its SHA-512 is {hash}, and {package.Sha512} was recorded. Nothing was installed.");
    }
}
