using System.Collections.Concurrent;
using System.Diagnostics;
using Mcdm.Files;

namespace Mcdm.Runs;

/// <summary>
/// The clock of the system that holds a folder, such as a file server, told by the modification time of a file just written there. Ages of files are
/// told by it alone:
/// the clocks of the computers that share the folder may be wrong.
/// </summary>
internal static class FolderClock
{
    /// <summary>After so long it is asked again; until then time goes on as this computer counts seconds.</summary>
    private static readonly TimeSpan s_kept = TimeSpan.FromMinutes(1);

    private static readonly ConcurrentDictionary<string, (DateTime Told, long At)> s_told = new();

    /// <summary>What time it is there, UTC.</summary>
    /// <param name="folder">The folder, which exists.</param>
    /// <exception cref="IOException">It takes no file.</exception>
    /// <exception cref="UnauthorizedAccessException">It takes no file.</exception>
    public static DateTime Now(string folder)
    {
        if (!s_told.TryGetValue(folder, out var last) || Stopwatch.GetElapsedTime(last.At) > s_kept)
        {
            s_told[folder] = last = (AtomicFile.Try(folder), Stopwatch.GetTimestamp());
        }
        return last.Told + Stopwatch.GetElapsedTime(last.At);
    }
}
