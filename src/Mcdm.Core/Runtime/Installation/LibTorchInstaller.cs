using Mcdm.Files;

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
        string downloads = target + ".download", unfinished = UnfinishedFolder.Of(target);
        UnfinishedFolder.CleanUp(target);
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
            if (!Directory.Exists(target)) { OpenElsewhere.Try(unfinished, () => FileLayer.Current.MoveFolder(unfinished, target)); }
            OpenElsewhere.Try(downloads, () => FileLayer.Current.DeleteFolder(downloads));
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

    /// <summary>Removes an installed libtorch, and what earlier tries left.</summary>
    /// <param name="folder">Its folder.</param>
    /// <returns>What could not be deleted yet, which the next try does; null where nothing is left.</returns>
    /// <exception cref="McdmException"><c>RuntimeInUseElsewhere</c>: another process has it loaded; it is as it was.</exception>
    public static string? Remove(string folder)
    {
        UnfinishedFolder.CleanUp(folder);
        string doomed = UnfinishedFolder.Of(folder);
        if (Directory.Exists(folder))
        {
            RequireUnused(folder);
            // First its name, so that no half of it is ever found under it.
            try
            {
                OpenElsewhere.Try(folder, () => FileLayer.Current.MoveFolder(folder, doomed));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw InUse(folder, [], e);
            }
        }
        string? left = null;
        foreach (string rest in new[] { doomed, folder + ".download" }.Where(Directory.Exists))
        {
            try
            {
                OpenElsewhere.Try(rest, () => FileLayer.Current.DeleteFolder(rest));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                left = rest;
            }
        }
        return left;
    }

    /// <summary>Windows deletes no library that is loaded; elsewhere its users would miss what they have not loaded yet.</summary>
    private static void RequireUnused(string folder)
    {
        if (LibraryUsers.Of(folder) is { Count: > 0 } users) { throw InUse(folder, users); }
        foreach (string library in Directory.EnumerateFiles(folder))
        {
            try
            {
                OpenElsewhere.Try(library, () => FileLayer.Current.RequireUnopened(library), TimeSpan.FromSeconds(1));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw InUse(folder, [], e);
            }
        }
    }

    private static McdmException InUse(string folder, IReadOnlyList<string> users, Exception? cause = null) =>
        new("RuntimeInUseElsewhere", ErrorKind.WriteFailed,
            $"The libtorch in '{folder}' is in use by {(users.Count == 0 ? "another program" : string.Join(", ", users))}: end what uses it, and run "
                + "Uninstall-McdmRuntime again. Nothing was removed.", cause) { Target = folder };
}
