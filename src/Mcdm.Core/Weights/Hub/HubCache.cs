using Mcdm.Files;

namespace Mcdm.Weights.Hub;

/// <summary>
/// A repository's folder in the cache that all programs of the hub share: <c>blobs/</c> holds files under their hashes, <c>snapshots/COMMIT/</c> links
/// to them under
/// their names, and <c>refs/</c> says which commit a branch was last.
/// </summary>
internal sealed class HubCache(HubSettings settings, HubRepository repository)
{
    private const string Unfinished = ".incomplete";

    private readonly string _folder = Path.Combine(settings.Cache, repository.Folder);

    private string RefFile => Path.Combine([_folder, "refs", .. repository.Revision.Split('/')]);

    /// <summary>The commit that the revision was when it was last looked up; null where it never was.</summary>
    public string? KnownCommit => repository.IsCommit ? repository.Revision : File.Exists(RefFile)
        ? File.ReadAllText(RefFile).Trim() is { Length: 40 } commit && HubRepository.IsHash(commit) ? commit : null : null;

    /// <summary>The folder of a commit's files under their names.</summary>
    public string Snapshot(string commit) => Path.Combine(_folder, "snapshots", commit);

    /// <summary>What was downloaded of the revision, without asking the hub; null where nothing was.</summary>
    public string? Downloaded() => KnownCommit is { } commit && Directory.Exists(Snapshot(commit))
        && Directory.EnumerateFiles(Snapshot(commit), "*", SearchOption.AllDirectories).Any() ? Snapshot(commit) : null;

    /// <summary>The files of a snapshot by their paths there.</summary>
    public static IReadOnlyList<HubFile> FilesOf(string snapshot) => Directory.EnumerateFiles(snapshot, "*", SearchOption.AllDirectories).Where(File.Exists)
        .Select(file => new HubFile(Path.GetRelativePath(snapshot, file).Replace(Path.DirectorySeparatorChar, '/'), null, null))
            .OrderBy(file => file.Path, StringComparer.Ordinal).ToList();

    /// <summary>Whether a file is there, whole.</summary>
    public bool Has(string commit, HubFile file)
    {
        string path = PathOf(commit, file);
        // The length of what a link points to; a link to nothing does not exist.
        return File.Exists(path)
            && (file.Size is not { } size || new FileInfo(new FileInfo(path).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? path).Length == size);
    }

    /// <summary>Gives a file its name in a snapshot where its bytes are there already.</summary>
    public bool Adopt(string commit, HubFile file)
    {
        if (file.Hash is null || !File.Exists(Blob(file.Hash)) || (file.Size is { } size && new FileInfo(Blob(file.Hash)).Length != size)) { return false; }
        Link(commit, file, Blob(file.Hash));
        return true;
    }

    /// <summary>Where the bytes of a file are collected until they are whole; the hash of the commit stands in for one that is not known.</summary>
    public string UnfinishedOf(string commit, HubFile file) => Blob(NameOf(commit, file)) + Unfinished;

    /// <summary>Gives whole bytes their names.</summary>
    public void Finish(string commit, HubFile file)
    {
        string blob = Blob(NameOf(commit, file));
        OpenElsewhere.Replace(UnfinishedOf(commit, file), blob);
        Link(commit, file, blob);
    }

    /// <summary>Makes the folders.</summary>
    public void Prepare(string commit)
    {
        Directory.CreateDirectory(Path.Combine(_folder, "blobs"));
        Directory.CreateDirectory(Snapshot(commit));
    }

    /// <summary>Notes which commit the revision is.</summary>
    public void Remember(string commit)
    {
        if (repository.IsCommit) { return; }
        Directory.CreateDirectory(Path.GetDirectoryName(RefFile)!);
        AtomicFile.WriteText(RefFile, commit);
    }

    private static string NameOf(string commit, HubFile file) => file.Hash ?? $"{commit}-{file.Path.Replace('/', '-')}";

    private string Blob(string name) => Path.Combine(_folder, "blobs", name);

    private string PathOf(string commit, HubFile file) => Path.Combine([Snapshot(commit), .. file.Path.Split('/')]);

    /// <summary>Links a name to its bytes; where links may not be made, the bytes themselves go there.</summary>
    private void Link(string commit, HubFile file, string blob)
    {
        string path = PathOf(commit, file), folder = Path.GetDirectoryName(path)!;
        Directory.CreateDirectory(folder);
        OpenElsewhere.Try(path, () => FileLayer.Current.Delete(path));
        try
        {
            File.CreateSymbolicLink(path, Path.GetRelativePath(folder, blob));
        }
        catch (Exception e) when (OperatingSystem.IsWindows() && e is IOException or UnauthorizedAccessException)
        {
            OpenElsewhere.Try(path, () => FileLayer.Current.Move(blob, path, overwrite: false));
        }
    }
}
