using System.Net;
using System.Security.Cryptography;
using Mcdm.Files;

namespace Mcdm.Runtime.Installation;

/// <summary>Brings one package into a folder: it goes on where an earlier try ended, and the file has its final name only when its hash is right.</summary>
internal static class PackageDownload
{
    private const string Unfinished = ".part";

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
        OpenElsewhere.Try(part, () => FileLayer.Current.Move(part, whole, overwrite: false));
        return whole;
    }

    private static void Download(LibTorchPackage package, PackageLocation location, string part, Action<long, long> report, CancellationToken cancellation)
    {
        try
        {
            using var client = new HttpClient(location.Handler!, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };
            ResumedDownload.Into(part, range =>
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, location.Address) { Headers = { Range = range } };
                var response = client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation).GetAwaiter().GetResult();
                return response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable ? response : response.EnsureSuccessStatusCode();
            }, report, e => NotWritten(part, e), cancellation);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new McdmException("RuntimeDownloadFailed", ErrorKind.ReadFailed,
                $"{package} could not be downloaded from {location.Source} ({e.Message.TrimEnd('.')}); what has come is kept, and Install-McdmRuntime goes "
                    + "on from there.", e);
        }
    }

    /// <summary>The error that a file of the installation cannot be written, such as to a full disk.</summary>
    public static McdmException NotWritten(string path, Exception cause) =>
        new("RuntimeNotWritten", ErrorKind.WriteFailed,
            $"'{path}' cannot be written ({cause.Message.TrimEnd('.')}); nothing was installed. Make room, and run Install-McdmRuntime again.", cause);

    private static void RequireHash(LibTorchPackage package, string file, PackageLocation location)
    {
        using var stream = File.OpenRead(file);
        string hash = Convert.ToBase64String(SHA512.HashData(stream));
        if (hash == package.Sha512) { return; }
        throw new McdmException("RuntimeHashDiffers", ErrorKind.InvalidData,
            $"{package} from {location.Source} is not the package that this module was built with: its SHA-512 is {hash}, and {package.Sha512} was "
                + "recorded. Nothing was installed.");
    }
}
