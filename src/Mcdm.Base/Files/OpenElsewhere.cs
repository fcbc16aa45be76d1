namespace Mcdm.Files;

/// <summary>
/// Changes to files that another program may have open, the one way in which all that is written here gets its place. Windows refuses them meanwhile. Virus
/// scanners, indexers and backups come and go: so a change is tried again for some seconds. Viewers stay: then the file that is to be replaced is moved aside,
/// which works where its reader lets it be deleted; and else it is said that another program has it open.
/// </summary>
internal static class OpenElsewhere
{
    // Windows' errors of a file that is open or locked, and the same of Unix, where shares of Windows and what is mounted have them.
    private const int SharingViolation = unchecked((int)0x80070020), LockViolation = unchecked((int)0x80070021);
    private const int Busy = 16, TextBusy = 26;

    private static readonly TimeSpan s_firstPause = TimeSpan.FromMilliseconds(20), s_longestPause = TimeSpan.FromMilliseconds(500);

    /// <summary>How long a file that is open elsewhere is tried again.</summary>
    public static TimeSpan UsualPatience { get; } = TimeSpan.FromSeconds(5);

    /// <summary>Puts a file that was written aside in its place, over the one that is there.</summary>
    /// <param name="written">The file, on the same file system.</param>
    /// <param name="path">Its place.</param>
    /// <param name="patience">How long to try; <see cref="UsualPatience"/> where it is null.</param>
    /// <exception cref="FileInUseException">Another program has the file there open, which is as it was.</exception>
    /// <exception cref="IOException">It cannot be replaced for another reason.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be replaced.</exception>
    public static void Replace(string written, string path, TimeSpan? patience = null)
    {
        RequireWritable(path);
        try
        {
            Try(path, () => FileLayer.Current.Move(written, path, overwrite: true), patience);
        }
        catch (FileInUseException)
        {
            if (MovedAside(path) is not { } aside) { throw; }
            PutInstead(written, path, aside);
        }
    }

    /// <summary>Does something that a file which is open elsewhere would hinder, again and again for some seconds.</summary>
    /// <param name="path">The file, for the error.</param>
    /// <param name="change">What is to be done; where it fails it has done nothing.</param>
    /// <param name="patience">How long to try; <see cref="UsualPatience"/> where it is null.</param>
    /// <exception cref="FileInUseException">It was hindered all the time.</exception>
    public static void Try(string path, Action change, TimeSpan? patience = null)
    {
        var (left, pause) = (patience ?? UsualPatience, s_firstPause);
        while (true)
        {
            try
            {
                change();
                return;
            }
            catch (Exception e) when (Hinders(e))
            {
                if (left <= TimeSpan.Zero) { throw new FileInUseException(path, e); }
            }
            FileLayer.Current.Wait(pause);
            left -= pause;
            pause = pause * 2 < s_longestPause ? pause * 2 : s_longestPause;
        }
    }

    /// <summary>
    /// Makes way for files that are to be replaced together: those that stay open are moved aside. Either all are free afterwards, or nothing has changed.
    /// </summary>
    /// <param name="paths">Their places.</param>
    /// <returns>What was moved aside, to be deleted once all is replaced.</returns>
    /// <exception cref="FileInUseException">One of them is open and cannot be moved aside.</exception>
    public static IReadOnlyList<string> MakeWay(IEnumerable<string> paths)
    {
        List<(string Path, string Aside)> moved = [];
        foreach (string path in paths)
        {
            try
            {
                RequireWritable(path);
                Try(path, () => FileLayer.Current.RequireUnopened(path));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                string? aside = e is FileInUseException ? MovedAside(path) : null;
                if (aside is null)
                {
                    foreach (var (place, old) in moved) { FileLayer.Current.Move(old, place, overwrite: false); }
                    throw;
                }
                moved.Add((path, aside));
            }
        }
        return [.. moved.Select(move => move.Aside)];
    }

    /// <summary>Windows refuses to replace a folder, or a file that is marked as read-only, as it does one that is open; waiting is no use there.</summary>
    private static void RequireWritable(string path)
    {
        if (Directory.Exists(path)) { throw new UnauthorizedAccessException($"'{path}' is a folder."); }
        if (OperatingSystem.IsWindows() && File.Exists(path) && File.GetAttributes(path).HasFlag(FileAttributes.ReadOnly))
        {
            throw new UnauthorizedAccessException($"'{path}' is marked as read-only.");
        }
    }

    /// <summary>Where access is denied, Windows does not say whether that is for now or for good.</summary>
    private static bool Hinders(Exception error) => error switch
    {
        FileInUseException => false,
        IOException => error.HResult is SharingViolation or LockViolation || (!OperatingSystem.IsWindows() && error.HResult is Busy or TextBusy),
        UnauthorizedAccessException => OperatingSystem.IsWindows(),
        _ => false,
    };

    /// <summary>Moves a file aside, which works where whoever has it open lets it be deleted.</summary>
    /// <returns>Its new path; null where it stays.</returns>
    private static string? MovedAside(string path)
    {
        string aside = AtomicFile.TemporaryIn(Path.GetDirectoryName(path) ?? "");
        try
        {
            FileLayer.Current.Move(path, aside, overwrite: false);
            return aside;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static void PutInstead(string written, string path, string aside)
    {
        try
        {
            FileLayer.Current.Move(written, path, overwrite: false);
        }
        catch
        {
            FileLayer.Current.Move(aside, path, overwrite: false);
            throw;
        }
        AtomicFile.TryDelete(aside);
    }
}
