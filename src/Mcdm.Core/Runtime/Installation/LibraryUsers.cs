using System.ComponentModel;
using System.Diagnostics;

namespace Mcdm.Runtime.Installation;

/// <summary>Other processes that have libraries of a folder loaded, as far as the system lets one see.</summary>
internal static class LibraryUsers
{
    /// <summary>Their names and numbers, such as <c>pwsh (1234)</c>.</summary>
    /// <param name="folder">The folder.</param>
    public static IReadOnlyList<string> Of(string folder)
    {
        string inside = Path.TrimEndingDirectorySeparator(folder) + Path.DirectorySeparatorChar;
        var users = new List<string>();
        foreach (var process in Process.GetProcesses())
        {
            using (process)
            {
                if (process.Id == Environment.ProcessId || !Uses(process, inside)) { continue; }
                users.Add(FormattableString.Invariant($"{process.ProcessName} ({process.Id})"));
            }
        }
        return users;
    }

    private static bool Uses(Process process, string inside)
    {
        try
        {
            return process.Modules.Cast<ProcessModule>().Any(module => module.FileName.StartsWith(inside,
                OperatingSystem.IsLinux() ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase));
        }
        catch (Exception e) when (e is Win32Exception or InvalidOperationException or NotSupportedException or IOException or UnauthorizedAccessException)
        {
            return false; // Another user's, or the system's, or it has just ended.
        }
    }
}
