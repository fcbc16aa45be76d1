namespace Mcdm.Benchmarks;

/// <summary>Finds files of the checkout that this program was built in.</summary>
internal static class Repository
{
    private static readonly string Root = FindRoot();

    public static string File(string path) => Path.Combine(Root, path);

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (System.IO.File.Exists(Path.Combine(folder.FullName, "Mcdm.psd1"))) { return folder.FullName; }
        }
        throw new DirectoryNotFoundException("This program runs inside a checkout of Mcdm.");
    }
}
