using System.Reflection;

namespace Mcdm.PowerShell.Tests;

/// <summary>Where the built checkout lies that these tests belong to.</summary>
internal static class Checkout
{
    public static string Root { get; } = FindRoot();

    public static string Manifest => Path.Combine(Root, "Mcdm.psd1");

    /// <summary>The real PowerShell, which <c>dotnet tool restore</c> has fetched; run by <c>dotnet</c>.</summary>
    public static string Shell { get; } = Path.Combine(BuiltWith("PowerShell"), OperatingSystem.IsWindows() ? "win" : "unix", "pwsh.dll");

    /// <summary>The program of the SDK that these tests run in.</summary>
    public static string Dotnet { get; } = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } host ? host : "dotnet";

    /// <summary>How the real PowerShell is started: a program and its first arguments. Where there is no SDK, MCDM_TEST_SHELL names the program.</summary>
    public static string[] ShellProgram { get; } = Environment.GetEnvironmentVariable("MCDM_TEST_SHELL") is { Length: > 0 } program ? [program] : [Dotnet, Shell];

    /// <summary>The manifest of Pester.</summary>
    public static string Pester { get; } = BuiltWith("Pester");

    /// <summary>Debug or Release, as these tests were built.</summary>
    public static string Configuration { get; } = AppContext.BaseDirectory.Contains($"{Path.DirectorySeparatorChar}Release{Path.DirectorySeparatorChar}", StringComparison.Ordinal) ? "Release" : "Debug";

    /// <summary>A path that the build knew; where another system built it, it lies on this one's current drive.</summary>
    private static string BuiltWith(string name) =>
        Path.GetFullPath(typeof(Checkout).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == name).Value!);

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Mcdm.psd1"))) { return folder.FullName; }
        }
        throw new FileNotFoundException("Mcdm.psd1 is in no folder above the tests.");
    }
}
