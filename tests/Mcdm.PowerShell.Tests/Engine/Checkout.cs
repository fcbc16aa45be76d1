using System.Reflection;

namespace Mcdm.PowerShell.Tests;

/// <summary>Where the built checkout lies that these tests belong to.</summary>
internal static class Checkout
{
    public static string Root { get; } = FindRoot();

    public static string Manifest => Path.Combine(Root, "Mcdm.psd1");

    /// <summary>The real PowerShell, which <c>dotnet tool restore</c> has fetched; run by <c>dotnet</c>.</summary>
    public static string Shell { get; } = Path.Combine(BuiltWith("PowerShell"), OperatingSystem.IsWindows() ? "win" : "unix", "pwsh.dll");

    /// <summary>The manifest of Pester.</summary>
    public static string Pester { get; } = BuiltWith("Pester");

    private static string BuiltWith(string name) =>
        typeof(Checkout).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == name).Value!;

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Mcdm.psd1"))) { return folder.FullName; }
        }
        throw new FileNotFoundException("Mcdm.psd1 is in no folder above the tests.");
    }
}
