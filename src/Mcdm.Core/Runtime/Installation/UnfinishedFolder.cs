using System.Diagnostics;
using System.Globalization;
using Mcdm.Files;

namespace Mcdm.Runtime.Installation;

/// <summary>
/// The name that a libtorch's folder has while it is being made or removed: it says by which process of which machine, so that what a process left that
/// ended meanwhile can be told from the work of one that still runs.
/// </summary>
internal static class UnfinishedFolder
{
    private const string Ending = ".unfinished";

    /// <summary>No installation takes so long; what is older is nobody's, wherever it was begun.</summary>
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(1);

    /// <summary>This process's name for a folder.</summary>
    public static string Of(string folder) =>
        string.Create(CultureInfo.InvariantCulture, $"{folder}.{Environment.MachineName}.{Environment.ProcessId}{Ending}");

    /// <summary>Deletes what earlier tries left, as far as that can be done.</summary>
    /// <param name="folder">The folder that was being made or removed.</param>
    public static void CleanUp(string folder)
    {
        string around = Path.GetDirectoryName(folder)!, name = Path.GetFileName(folder);
        if (!Directory.Exists(around)) { return; }
        foreach (string left in Directory.EnumerateDirectories(around).Where(left => IsLeft(Path.GetFileName(left), name, Directory.GetLastWriteTimeUtc(left))))
        {
            try
            {
                FileLayer.Current.DeleteFolder(left);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Still open somewhere: the next try deletes it.
            }
        }
    }

    private static bool IsLeft(string left, string name, DateTime written)
    {
        if (!left.StartsWith(name + ".", StringComparison.Ordinal) || !left.EndsWith(Ending, StringComparison.Ordinal)) { return false; }
        string owner = left[(name.Length + 1)..^Ending.Length];
        int dot = owner.LastIndexOf('.');
        return DateTime.UtcNow - written > s_longest || ((dot < 0 || owner[..dot] == Environment.MachineName)
            && int.TryParse(owner[(dot + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out int process) && HasEnded(process));
    }

    private static bool HasEnded(int process)
    {
        if (process == Environment.ProcessId) { return false; }
        try
        {
            using var _ = Process.GetProcessById(process);
            return false;
        }
        catch (ArgumentException)
        {
            return true;
        }
    }
}
