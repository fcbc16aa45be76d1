using Mcdm.Runtime;
using static System.FormattableString;

namespace Mcdm.Weights.Hub;

/// <summary>What a download brings.</summary>
/// <param name="Commit">The commit that the revision is.</param>
/// <param name="Files">The files of the model.</param>
/// <param name="Missing">Those that are not in the cache yet.</param>
public sealed record HubPlan(string Commit, IReadOnlyList<HubFile> Files, IReadOnlyList<HubFile> Missing)
{
    /// <summary>Bytes that are missing, as far as the hub says.</summary>
    public long Bytes => Missing.Sum(file => file.Size ?? 0);
}

/// <summary>
/// Downloads a model from a hub into the cache that other programs share; files that are there are used, and an interrupted file goes on from where it
/// ended.
/// </summary>
/// <param name="settings">Which hub.</param>
/// <param name="repository">Which repository.</param>
public sealed class HubDownload(HubSettings settings, HubRepository repository) : IDisposable
{
    /// <summary>Longest Git LFS pointer.</summary>
    private const int LongestPointer = 1024;

    private readonly HubClient _client = new(settings);
    private readonly HubCache _cache = new(settings, repository);

    /// <summary>Patterns of the files that are wanted, with wildcards; none for those that a model needs.</summary>
    public IReadOnlyList<string> Include { get; init; } = [];

    /// <summary>Weights such as <c>fp16</c> that are preferred where there are such; null for the plain ones.</summary>
    public string? Variant { get; init; }

    /// <summary>Told, in a sentence each, what is done otherwise than was asked.</summary>
    public Action<string>? Note { get; init; }

    /// <summary>Asks what is to be brought.</summary>
    /// <returns>Null where the hub is not asked, or is away, and the cache is what there is: <see cref="Offline"/>.</returns>
    /// <exception cref="McdmException">
    /// <c>HubAccess</c>, <c>HubNotFound</c>, <c>HubUnreachable</c>, <c>HubAnswer</c>, <c>HubNothingFound</c>, <c>HubAmbiguous</c>.
    /// </exception>
    public HubPlan? Plan(CancellationToken cancellation)
    {
        if (settings.Offline) { return null; }
        try
        {
            var (commit, all) = _client.List(repository, cancellation);
            var files = HubSelection.Choose(repository, all, Include, Variant)
                .Select(file => _client.Described(repository, commit, file, cancellation)).ToList();
            return new HubPlan(commit, files, files.Where(file => !_cache.Has(commit, file)).ToList());
        }
        catch (HttpRequestException e)
        {
            throw _client.Unreachable(repository, e);
        }
        catch (McdmException e) when (e.Id == "HubUnreachable" && _cache.Downloaded() is not null)
        {
            Note?.Invoke($"{e.Message} What was downloaded before is used.");
            return null;
        }
    }

    /// <summary>What was downloaded before.</summary>
    /// <returns>The snapshot's folder.</returns>
    /// <exception cref="McdmException"><c>HubOffline</c>: nothing was, or not all that a model needs.</exception>
    public string Offline()
    {
        if (_cache.Downloaded() is not { } snapshot)
        {
            throw new McdmException("HubOffline", ErrorKind.NotFound,
                $"Nothing of {repository} was downloaded to '{settings.Cache}' before, and HF_HUB_OFFLINE forbids to ask the hub.");
        }
        HubSelection.Choose(repository, HubCache.FilesOf(snapshot), Include, Variant);
        return snapshot;
    }

    /// <summary>Brings what is missing.</summary>
    /// <param name="plan">What <see cref="Plan"/> gave.</param>
    /// <param name="report">Told which file is brought, how many bytes of all are there, and of how many.</param>
    /// <param name="cancellation">Stops; what has come is kept for the next try.</param>
    /// <returns>The snapshot's folder.</returns>
    /// <exception cref="McdmException">
    /// <c>HubDownloadFailed</c>, <c>HubFileDiffers</c>, <c>HubPointer</c>, <c>HubNotWritten</c>, <c>HubAccess</c>, <c>HubNotFound</c>.
    /// </exception>
    public string Bring(HubPlan plan, Action<string, long, long> report, CancellationToken cancellation)
    {
        try
        {
            _cache.Prepare(plan.Commit);
            RequireRoom(plan);
            long before = 0;
            foreach (var file in plan.Missing)
            {
                cancellation.ThrowIfCancellationRequested();
                if (!_cache.Adopt(plan.Commit, file)) { Bring(plan.Commit, file, done => report(file.Path, before + done, plan.Bytes), cancellation); }
                before += file.Size ?? 0;
            }
            _cache.Remember(plan.Commit);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw NotWritten(e);
        }
        return _cache.Snapshot(plan.Commit);
    }

    private void Bring(string commit, HubFile file, Action<long> report, CancellationToken cancellation)
    {
        string part = _cache.UnfinishedOf(commit, file);
        // More than the whole is another file's beginning.
        if (file.Size is { } size && File.Exists(part) && new FileInfo(part).Length > size) { File.Delete(part); }
        try
        {
            ResumedDownload.Into(part, range => _client.Open(repository, commit, file, range, cancellation), (done, _) => report(done), e => NotWritten(e),
                cancellation);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new McdmException("HubDownloadFailed", ErrorKind.ReadFailed,
                $"'{file.Path}' of {repository} could not be downloaded from {settings} ({e.Message.TrimEnd('.')}); what has come is kept, and the next "
                    + "try goes on from there.", e);
        }
        if (file.Size is { } whole && new FileInfo(part).Length < whole)
        {
            throw new McdmException("HubDownloadFailed", ErrorKind.ReadFailed,
                Invariant($"'{file.Path}' of {repository} ended after {new FileInfo(part).Length} of {whole} bytes; ")
                + "what has come is kept, and the next try goes on from there.");
        }
        RequireRight(file, part);
        _cache.Finish(commit, file);
    }

    /// <summary>Refuses bytes that are not the file's, and does not keep them.</summary>
    private void RequireRight(HubFile file, string part)
    {
        if (IsPointer(part))
        {
            File.Delete(part);
            throw new McdmException("HubPointer", ErrorKind.InvalidData,
                $"The hub {settings} gave a Git LFS pointer for '{file.Path}' of {repository}, which stands for the file and does not hold it; it was not "
                + "kept.");
        }
        if (file.Problem(part) is not { } problem) { return; }
        File.Delete(part);
        throw new McdmException("HubFileDiffers", ErrorKind.InvalidData,
            $"'{file.Path}' of {repository} did not come as it is on the hub: {problem}; it was not kept, so try again.");
    }

    private static bool IsPointer(string path)
    {
        using var stream = File.OpenRead(path);
        Span<byte> start = stackalloc byte["version https://git-lfs"u8.Length];
        return stream.Length <= LongestPointer && stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length
            && start.SequenceEqual("version https://git-lfs"u8);
    }

    private void RequireRoom(HubPlan plan)
    {
        long room = new DriveInfo(settings.Cache).AvailableFreeSpace;
        if (room < plan.Bytes) { throw NotWritten(new IOException(Invariant($"{plan.Bytes / 1e6:0} MB are needed and {room / 1e6:0} MB are free"))); }
    }

    private McdmException NotWritten(Exception cause) =>
        new("HubNotWritten", ErrorKind.WriteFailed,
            $"{repository} cannot be written to '{settings.Cache}' ({cause.Message.TrimEnd('.')}); HF_HUB_CACHE names another folder.", cause);

    /// <summary>Ends the connections.</summary>
    public void Dispose() => _client.Dispose();
}
