using Mcdm.Families.Shared;

namespace Mcdm.Registries;

/// <summary>Where a model lies that a path names by something around it or in it: its index file, or a repository's folder in a hub's cache.</summary>
internal static class ModelPath
{
    private const string Snapshots = "snapshots", References = "refs";

    /// <summary>The folder or file itself.</summary>
    public static string Of(string path)
    {
        if (Path.GetFileName(path) is DiffusersFolder.IndexFile or DiffusersFolder.ConfigFile && File.Exists(path))
        {
            return Path.GetDirectoryName(Path.GetFullPath(path))!;
        }
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        if (Path.GetFileName(full) == Snapshots && Path.GetDirectoryName(full) is { } around) { full = around; }
        return Directory.Exists(Path.Combine(full, Snapshots)) && Snapshot(full) is { } snapshot ? snapshot : path;
    }

    /// <summary>The snapshot that the main branch means, or else the latest.</summary>
    private static string? Snapshot(string repository)
    {
        string main = Path.Combine(repository, References, "main");
        if (File.Exists(main) && Path.Combine(repository, Snapshots, File.ReadAllText(main).Trim()) is var meant && Directory.Exists(meant)) { return meant; }
        return new DirectoryInfo(Path.Combine(repository, Snapshots)).EnumerateDirectories().MaxBy(folder => folder.LastWriteTimeUtc)?.FullName;
    }
}
