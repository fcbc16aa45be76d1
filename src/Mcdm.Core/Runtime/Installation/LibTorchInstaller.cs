namespace Mcdm.Runtime.Installation;

/// <summary>Installs the libtorch that a module was built with into the user's data folder: whole or not at all.</summary>
public static class LibTorchInstaller
{
    /// <summary>Installs it, unless it is there.</summary>
    /// <param name="folder">The current folder, whose NuGet.Config counts.</param>
    /// <param name="report">Told what is going on, how many bytes of it are done, and of how many (0 where that is not known).</param>
    /// <param name="cancellation">Stops; what was downloaded is kept for the next try.</param>
    /// <exception cref="McdmException">
    /// <c>RuntimePackageNotFound</c>, <c>RuntimeDownloadFailed</c>, <c>RuntimeHashDiffers</c>, <c>RuntimePackageBroken</c>, <c>RuntimeNotWritten</c>.
    /// </exception>
    public static void Install(string folder, Action<string, long, long> report, CancellationToken cancellation) =>
        Install(LibTorch.Packages, LibTorch.InstalledFolder(LibTorch.Packages), folder, report, cancellation);

    internal static void Install(LibTorchPackages packages, string target, string folder, Action<string, long, long> report, CancellationToken cancellation)
    {
        if (LibTorch.Carries(target)) { return; }
        string downloads = target + ".download", unfinished = $"{target}.{Environment.ProcessId}.unfinished";
        try
        {
            Directory.CreateDirectory(downloads);
            var sources = new PackageSources(folder);
            var files = packages.Packages.Select(package =>
            {
                var location = Task.Run(() => sources.FindAsync(package, cancellation), cancellation).GetAwaiter().GetResult();
                return PackageDownload.Bring(package, location, downloads, (done, total) => report($"{package} from {location.Source}", done, total),
                    cancellation);
            }).ToList();
            Directory.CreateDirectory(unfinished);
            PackageContents.Unpack(files, packages.Platform, unfinished, (done, total) => report("unpacking", done, total), cancellation);
            if (!LibTorch.Carries(unfinished))
            {
                throw new McdmException("RuntimePackageBroken", ErrorKind.InvalidData,
                    $"The packages ({string.Join(", ", packages.Packages)}) hold no libtorch for {packages.Platform}. Nothing was installed.");
            }
            // Where another process was faster, its folder is as good.
            if (!Directory.Exists(target)) { Directory.Move(unfinished, target); }
            Directory.Delete(downloads, recursive: true);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw PackageDownload.NotWritten(target, e);
        }
        finally
        {
            if (Directory.Exists(unfinished)) { Directory.Delete(unfinished, recursive: true); }
        }
    }

    /// <summary>Removes an installed libtorch, and downloads that were not finished.</summary>
    /// <param name="folder">Its folder.</param>
    public static void Remove(string folder)
    {
        // First its name, so that no half of it is ever found under it.
        string doomed = $"{folder}.{Environment.ProcessId}.unfinished";
        if (Directory.Exists(folder)) { Directory.Move(folder, doomed); }
        foreach (string rest in new[] { doomed, folder + ".download" }.Where(Directory.Exists)) { Directory.Delete(rest, recursive: true); }
    }
}
