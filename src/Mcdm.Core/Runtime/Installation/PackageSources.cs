using NuGet.Common;
using NuGet.Configuration;
using NuGet.Packaging.Core;
using NuGet.Protocol;
using NuGet.Protocol.Core.Types;
using NuGet.Versioning;

namespace Mcdm.Runtime.Installation;

/// <summary>Where a package can be had.</summary>
/// <param name="Source">The source's name, for people.</param>
/// <param name="File">A file of this machine or of a share; null for an address.</param>
/// <param name="Address">An address that a GET answers with the package; null for a file.</param>
/// <param name="Handler">Sends the GET with the source's proxy and credentials; null for a file.</param>
internal sealed record PackageLocation(string Source, string? File, Uri? Address, HttpMessageHandler? Handler);

/// <summary>Finds packages as NuGet does: in its folder of what was restored before, then at the sources of the user's and the folder's NuGet.Config.</summary>
internal sealed class PackageSources(string folder)
{
    private readonly ISettings _settings = Settings.LoadDefaultSettings(folder);

    /// <exception cref="McdmException"><c>RuntimePackageNotFound</c>, with what each source said.</exception>
    public async Task<PackageLocation> FindAsync(LibTorchPackage package, CancellationToken cancellation)
    {
        var identity = new PackageIdentity(package.Id, NuGetVersion.Parse(package.Version));
        string file = $"{identity.Id}.{identity.Version.ToNormalizedString()}.nupkg".ToLowerInvariant();
        string restored = Path.Combine(SettingsUtility.GetGlobalPackagesFolder(_settings), identity.Id.ToLowerInvariant(),
            identity.Version.ToNormalizedString().ToLowerInvariant(), file);
        if (System.IO.File.Exists(restored)) { return new PackageLocation("packages restored before", restored, null, null); }
        var said = new List<string>();
        foreach (var source in new PackageSourceProvider(_settings).LoadPackageSources().Where(source => source.IsEnabled))
        {
            try
            {
                if (await FindAsync(source, identity, file, cancellation).ConfigureAwait(false) is { } location) { return location; }
                said.Add($"{source.Name}: not there");
            }
            catch (Exception e) when (e is FatalProtocolException or HttpRequestException or IOException or TaskCanceledException
                && !cancellation.IsCancellationRequested)
            {
                said.Add($"{source.Name}: {Innermost(e)}");
            }
        }
        throw new McdmException("RuntimePackageNotFound", ErrorKind.NotFound,
            $"No package source has {package}{(said.Count == 0 ? ", since NuGet knows none" : $" ({string.Join("; ", said)})")}; is there a network, and "
                + "does 'dotnet nuget list source' name one that has it?");
    }

    private static async Task<PackageLocation?> FindAsync(PackageSource source, PackageIdentity identity, string file, CancellationToken cancellation)
    {
        var repository = new SourceRepository(source, Repository.Provider.GetCoreV3());
        if (await repository.GetResourceAsync<FindLocalPackagesResource>(cancellation).ConfigureAwait(false) is { } local)
        {
            return local.GetPackage(identity, NullLogger.Instance, cancellation) is { } found ? new PackageLocation(source.Name, found.Path, null, null) : null;
        }
        using var cache = new SourceCacheContext { DirectDownload = true, NoCache = true };
        var byId = await repository.GetResourceAsync<FindPackageByIdResource>(cancellation).ConfigureAwait(false);
        if (!await byId.DoesPackageExistAsync(identity.Id, identity.Version, cache, NullLogger.Instance, cancellation).ConfigureAwait(false)) { return null; }
        var index = await repository.GetResourceAsync<ServiceIndexResourceV3>(cancellation).ConfigureAwait(false);
        var handler = await repository.GetResourceAsync<HttpHandlerResource>(cancellation).ConfigureAwait(false);
        if (index?.GetServiceEntryUri(ServiceTypes.PackageBaseAddress) is not { } root)
        {
            throw new HttpRequestException("it has no version 3 of NuGet's protocol");
        }
        string id = identity.Id.ToLowerInvariant(), version = identity.Version.ToNormalizedString().ToLowerInvariant();
        return new PackageLocation(source.Name, null, new Uri($"{root.AbsoluteUri.TrimEnd('/')}/{id}/{version}/{file}"), handler.MessageHandler);
    }

    private static string Innermost(Exception error) => error.GetBaseException().Message.TrimEnd('.');
}
