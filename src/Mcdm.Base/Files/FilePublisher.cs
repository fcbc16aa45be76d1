using System.Runtime.InteropServices;

namespace Mcdm.Files;

/// <summary>
/// Gives a file that was written aside its place, unless that is taken: of several processes, on several computers, one gets it. File systems have no
/// common way
/// to do so in one move. A link fails where there is a file, on NFS too; where there are no links, Linux may rename without replacing; else it is
/// looked first, and a file
/// that comes between looking and moving is replaced by this one.
/// </summary>
internal static partial class FilePublisher
{
    /// <summary>The system's error of a place that is taken.</summary>
    internal const int ExistsAlready = 17;

    private const int NotSupported = 95, RenameNoReplace = 1, CurrentFolder = -100;

    /// <summary>The ways that are one move, the best first.</summary>
    private static readonly Way[] s_ways = OperatingSystem.IsLinux() ? [Link, Rename] : [Link];

    /// <summary>A way to give a file its place.</summary>
    /// <returns>0, or the number of the system's error: <see cref="ExistsAlready"/>, or another, with which the next way is tried.</returns>
    internal delegate int Way(string written, string path);

    /// <summary>Gives a file its place; it has no other afterwards.</summary>
    /// <param name="written">The file.</param>
    /// <param name="path">Its place, on the same file system.</param>
    /// <exception cref="IOException">The place is taken, or nothing can be written there; the file is where it was.</exception>
    public static void Publish(string written, string path) => Publish(written, path, FileLayer.Current.HasLinks ? s_ways : []);

    /// <summary>As <see cref="Publish(string, string)"/>, by some ways before looking and moving.</summary>
    internal static void Publish(string written, string path, IEnumerable<Way> ways)
    {
        foreach (var way in ways)
        {
            switch (way(written, path))
            {
                case 0: return;
                case ExistsAlready: throw new IOException($"There is a file '{path}' already.");
            }
        }
        OpenElsewhere.Try(written, () => FileLayer.Current.Move(written, path, overwrite: false));
    }

    /// <summary>Whether files get their places in one move in a folder.</summary>
    /// <param name="folder">The folder, which exists and can be written to.</param>
    public static bool IsOneMoveIn(string folder) => OperatingSystem.IsWindows() || IsOneMoveIn(folder, s_ways);

    /// <summary>As <see cref="IsOneMoveIn(string)"/>, by some ways.</summary>
    internal static bool IsOneMoveIn(string folder, IEnumerable<Way> ways)
    {
        string written = AtomicFile.TemporaryIn(folder), path = AtomicFile.TemporaryIn(folder);
        try
        {
            File.WriteAllBytes(written, [0]);
            return ways.Any(way => way(written, path) == 0);
        }
        finally
        {
            AtomicFile.TryDelete(written);
            AtomicFile.TryDelete(path);
        }
    }

    private static int Link(string written, string path)
    {
        if (Call(() => MakeLink(written, path)) is not 0 and var error) { return error; }
        AtomicFile.TryDelete(written);
        return 0;
    }

    private static int Rename(string written, string path) => Call(() => RenameAt(CurrentFolder, written, CurrentFolder, path, RenameNoReplace));

    private static int Call(Func<int> call)
    {
        try
        {
            return call() == 0 ? 0 : Marshal.GetLastPInvokeError();
        }
        catch (EntryPointNotFoundException)
        {
            return NotSupported;
        }
    }

    [LibraryImport("libc", EntryPoint = "link", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int MakeLink(string from, string to);

    [LibraryImport("libc", EntryPoint = "renameat2", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int RenameAt(int fromFolder, string from, int toFolder, string to, uint flags);
}
