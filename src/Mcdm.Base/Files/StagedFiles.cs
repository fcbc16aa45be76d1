namespace Mcdm.Files;

/// <summary>
/// Files that belong together: each is written whole beside its place, and then all take their places one right after the other, so that nobody waits
/// long for the last.
/// </summary>
public sealed class StagedFiles : IDisposable
{
    private readonly List<(string Staged, string Path)> _files = [];

    /// <summary>Where to write a file until <see cref="Commit"/>.</summary>
    /// <param name="path">Its place; its folder exists. Files take their places in the order in which they were asked for.</param>
    public string For(string path)
    {
        string staged = AtomicFile.TemporaryIn(Path.GetDirectoryName(path) ?? "");
        _files.Add((staged, path));
        return staged;
    }

    /// <summary>Puts all files in their places, over those that are there, or none where one of those is open in another program.</summary>
    /// <exception cref="IOException">A file cannot be replaced.</exception>
    public void Commit()
    {
        var aside = OpenElsewhere.MakeWay(_files.Select(file => file.Path));
        foreach (var (staged, path) in _files) { OpenElsewhere.Replace(staged, path); }
        foreach (string old in aside) { AtomicFile.TryDelete(old); }
        _files.Clear();
    }

    /// <summary>Deletes what has not been committed.</summary>
    public void Dispose() => _files.ForEach(file => AtomicFile.TryDelete(file.Staged));
}
