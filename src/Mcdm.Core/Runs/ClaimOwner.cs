using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Mcdm.Runs;

/// <summary>The process that makes a picture, as its claim names it.</summary>
/// <param name="Host">Name of the computer; in a container that has processes of its own, of the container.</param>
/// <param name="ProcessId">The process there.</param>
/// <param name="Started">When that process started, UTC: its number may be another's later.</param>
public sealed record ClaimOwner(string Host, int ProcessId, DateTime Started)
{
    /// <summary>Two processes that look at one start may see it this far apart; no number is given again so soon.</summary>
    private static readonly TimeSpan s_tolerance = TimeSpan.FromSeconds(2);

    /// <summary>What Linux calls the processes that all see.</summary>
    private const string AllProcesses = "pid:[4026531836]";

    private static readonly Lazy<string> s_host = new(() =>
    {
        // Containers may share a name, but see no process of each other's.
        string? processes = OperatingSystem.IsLinux() ? new FileInfo("/proc/self/ns/pid").LinkTarget : null;
        return processes is null or AllProcesses ? Environment.MachineName : $"{Environment.MachineName} {processes}";
    });

    private static readonly Lazy<ClaimOwner> s_this = new(() =>
    {
        using var process = Process.GetCurrentProcess();
        return new ClaimOwner(s_host.Value, process.Id, process.StartTime.ToUniversalTime());
    });

    /// <summary>This process.</summary>
    public static ClaimOwner This => s_this.Value;

    /// <summary>Whether it is a process of this computer.</summary>
    public bool IsOfThisHost => Host.Equals(s_host.Value, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether the process has ended for certain; of another host that cannot be known.</summary>
    public bool HasEnded
    {
        get
        {
            if (!IsOfThisHost) { return false; }
            try
            {
                using var process = Process.GetProcessById(ProcessId);
                return IsUnburied(ProcessId) || (process.StartTime.ToUniversalTime() - Started).Duration() > s_tolerance;
            }
            catch (Exception e) when (e is ArgumentException or InvalidOperationException)
            {
                return true; // there is none of that number, or it ended just now
            }
            catch (Win32Exception)
            {
                return false; // it is there, but another user's
            }
        }
    }

    /// <summary>Whether there is a process of a number on this computer, whatever it does.</summary>
    internal static bool IsAlive(int process)
    {
        try
        {
            using var found = Process.GetProcessById(process);
            return !IsUnburied(process);
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    /// <summary>Whether Linux keeps a process that has ended until its parent asks for it, which in a container may be never.</summary>
    private static bool IsUnburied(int process)
    {
        try
        {
            // Number, name in parentheses, state.
            return OperatingSystem.IsLinux() && File.ReadAllText($"/proc/{process}/stat") is var status && status.LastIndexOf(')') is >= 0 and var name
                && status[name..].StartsWith(") Z", StringComparison.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>The lines of a claim file that name it.</summary>
    public string ToText() => string.Create(CultureInfo.InvariantCulture, $"{Host}\n{ProcessId}\n{Started:O}\n");

    /// <summary>Reads what <see cref="ToText"/> gave; null where it is something else, such as the first half of it.</summary>
    public static ClaimOwner? FromText(string text) =>
        text.EndsWith('\n') && text.Split('\n') is [var host, var id, var started, ..]
        && int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out int process)
        && DateTime.TryParseExact(started, "O", CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var when)
            ? new ClaimOwner(host, process, when) : null;

    /// <summary>The process, for people to read.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"process {ProcessId} on {Host}");
}
