namespace Mcdm.Core.Tests;

/// <summary>Places in the checkout that the tests run from, and beside it.</summary>
internal static class Checkout
{
    /// <summary>The folder that Mcdm.psd1 lies in.</summary>
    public static string Folder { get; } = Find();

    /// <summary>A path in the folder <c>../shared</c>, which may be missing.</summary>
    public static string Shared(params string[] parts) => Path.GetFullPath(Path.Combine([Folder, "..", "shared", .. parts]));

    private static string Find()
    {
        string folder = AppContext.BaseDirectory;
        while (Path.GetDirectoryName(folder) is { } parent && !File.Exists(Path.Combine(folder, "Mcdm.psd1"))) { folder = parent; }
        return folder;
    }
}
