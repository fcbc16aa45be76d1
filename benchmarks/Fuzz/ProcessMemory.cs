using System.Globalization;

namespace Mcdm.Benchmarks.Fuzz;

/// <summary>What an action takes of memory at its height, managed and native; on Linux, where the kernel tells.</summary>
internal static class ProcessMemory
{
    private const string Status = "/proc/self/status", Reset = "/proc/self/clear_refs", HighestResident = "VmHWM:", HighestSize = "VmPeak:", Resident = "VmRSS:";

    /// <summary>Runs an action.</summary>
    /// <returns>
    /// In bytes: what it allocated in all from the collector's heap; by how much the process grew at its height, of what was touched; and by how much of what was asked for, as far
    /// as that was more than ever before.
    /// </returns>
    public static (long Managed, long Touched, long Asked) Of(Action action)
    {
        bool known = OperatingSystem.IsLinux();
        if (known) { File.WriteAllText(Reset, "5"); }
        long resident = known ? Field(Resident) : 0, size = known ? Field(HighestSize) : 0, managed = GC.GetAllocatedBytesForCurrentThread();
        action();
        managed = GC.GetAllocatedBytesForCurrentThread() - managed;
        return known ? (managed, Field(HighestResident) - resident, Field(HighestSize) - size) : (managed, 0, 0);
    }

    private static long Field(string name)
    {
        string line = File.ReadLines(Status).First(line => line.StartsWith(name, StringComparison.Ordinal));
        return 1024 * long.Parse(line[name.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
    }
}
