namespace Mcdm.Benchmarks;

/// <summary>Finds files of the checkout that this program was built in.</summary>
internal static class Repository
{
    private static readonly string Root = FindRoot();

    public static string File(string path) => Path.Combine(Root, path);

    /// <summary>A path as it is from the checkout's root, with slashes.</summary>
    public static string Relative(string path) => Path.GetRelativePath(Root, Path.GetFullPath(path)).Replace('\\', '/');

    /// <summary>Whether held-out pictures, or a file of them, are missing; says how to get them.</summary>
    public static bool Lacks(string path)
    {
        if (Path.Exists(path)) { return false; }
        Console.Error.WriteLine($"There is no '{path}'; faces are drawn with: cd tools/faces && npm ci && node draw.mjs --out ../../data/faces128 --size 128; tools/fashion prepares garments.");
        return true;
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (System.IO.File.Exists(Path.Combine(folder.FullName, "Mcdm.psd1"))) { return folder.FullName; }
        }
        throw new DirectoryNotFoundException("This program runs inside a checkout of Mcdm.");
    }
}
