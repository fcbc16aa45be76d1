using Microsoft.Win32;

namespace Mcdm.Runtime;

/// <summary>Who made this machine's graphics cards, asked of the system without a driver's help.</summary>
internal static class GraphicsCards
{
    /// <summary>The one maker whose cards libtorch's packages compute on.</summary>
    public const string Nvidia = "NVIDIA";

    private const string WindowsClass = @"SYSTEM\CurrentControlSet\Control\Class\{4d36e968-e325-11ce-bfc1-08002be10318}";

    /// <summary>Makers by the numbers that the bus knows them by.</summary>
    private static readonly (string Number, string Name)[] s_makers = [("10de", Nvidia), ("1002", "AMD"), ("8086", "Intel")];

    private static readonly Lazy<IReadOnlyList<string>> s_vendors = new(() =>
        [.. (OperatingSystem.IsWindows() ? OnWindows() : OperatingSystem.IsLinux() ? OnLinux("/sys/class/drm") : []).Distinct().Order(StringComparer.Ordinal)]);

    /// <summary>Makers of the cards: NVIDIA, AMD, Intel; others are left out.</summary>
    public static IReadOnlyList<string> Vendors => s_vendors.Value;

    /// <summary>Says of cards that cannot be used that they cannot, for the end of a sentence; null where there are none.</summary>
    public static string? Unusable(IReadOnlyList<string> vendors) => vendors.Where(vendor => vendor != Nvidia).ToList() is { Count: > 0 } others
        ? $"graphics cards of {string.Join(" and ", others)} cannot be used, since libtorch's packages compute on NVIDIA's (CUDA) and on processors alone"
        : null;

    /// <summary>Makers that Linux' drivers of displays name.</summary>
    /// <param name="folder">Where they name them.</param>
    internal static IEnumerable<string> OnLinux(string folder)
    {
        if (!Directory.Exists(folder)) { yield break; }
        foreach (string card in Directory.EnumerateDirectories(folder, "card*"))
        {
            string file = Path.Combine(card, "device", "vendor");
            if (File.Exists(file) && Maker(File.ReadAllText(file).Trim()) is { } maker) { yield return maker; }
        }
    }

    private static IEnumerable<string> OnWindows()
    {
        if (!OperatingSystem.IsWindows()) { yield break; }
        using var adapters = Registry.LocalMachine.OpenSubKey(WindowsClass);
        foreach (string name in adapters?.GetSubKeyNames().Where(name => name.All(char.IsAsciiDigit)) ?? [])
        {
            using var adapter = adapters!.OpenSubKey(name);
            // Such as PCI\VEN_10DE&DEV_2684.
            if (adapter?.GetValue("MatchingDeviceId") is string device && Maker(device) is { } maker) { yield return maker; }
        }
    }

    private static string? Maker(string text) =>
        s_makers.FirstOrDefault(maker => text.Contains("VEN_" + maker.Number, StringComparison.OrdinalIgnoreCase)
            || text.Equals("0x" + maker.Number, StringComparison.OrdinalIgnoreCase)).Name;
}
