namespace Mcdm.PowerShell.Tests;

/// <summary>Where the built checkout lies that these tests belong to.</summary>
internal static class Checkout
{
    public static string Root { get; } = FindRoot();

    public static string Manifest => Path.Combine(Root, "Mcdm.psd1");

    /// <summary>The host as it was built beside these tests: same configuration, same framework.</summary>
    public static string HostAssembly { get; } = Path.Combine(
        AppContext.BaseDirectory.Replace(Path.Combine("tests", "Mcdm.PowerShell.Tests"), Path.Combine("src", "Mcdm.Host"), StringComparison.Ordinal),
        "Mcdm.Host.dll");

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Mcdm.psd1"))) { return folder.FullName; }
        }
        throw new FileNotFoundException("Mcdm.psd1 is in no folder above the tests.");
    }
}
