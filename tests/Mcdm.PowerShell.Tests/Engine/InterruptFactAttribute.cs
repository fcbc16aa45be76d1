using System.Globalization;

namespace Mcdm.PowerShell.Tests;

/// <summary>A test that sends Ctrl+C's signal; skipped where children are born deaf to it, as those of a background job of a shell script.</summary>
public sealed class InterruptFactAttribute : FactAttribute
{
    private const int Interrupt = 2;

    public InterruptFactAttribute() => Skip = Reason;

    /// <summary>Why such a test is skipped here; null where it runs.</summary>
    public static string? Reason => OperatingSystem.IsWindows() ? "Windows has no such signal." : IsIgnored() ? "The tests run where Ctrl+C's signal is ignored (nohup, or & in a script)." : null;

    private static bool IsIgnored() => File.Exists("/proc/self/status") && File.ReadLines("/proc/self/status").FirstOrDefault(line => line.StartsWith("SigIgn:", StringComparison.Ordinal)) is { } line
        && (ulong.Parse(line["SigIgn:".Length..].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture) & (1ul << (Interrupt - 1))) != 0;
}

/// <summary>The same for several cases.</summary>
public sealed class InterruptTheoryAttribute : TheoryAttribute
{
    public InterruptTheoryAttribute() => Skip = InterruptFactAttribute.Reason;
}
