using Xunit;

namespace Mcdm.Core.Tests;

/// <summary>A test of files that once went wrong, which lie beside the checkout in <c>../shared/bugs</c>; skipped where they do not.</summary>
public sealed class BugFactAttribute : FactAttribute
{
    private static readonly string s_folder = FindFolder();

    public BugFactAttribute()
    {
        if (!Directory.Exists(s_folder)) { Skip = "There is no folder '../shared/bugs' beside the checkout."; }
    }

    public static string PathOf(string name) => Path.Combine(s_folder, name);

    private static string FindFolder()
    {
        string folder = AppContext.BaseDirectory;
        while (Path.GetDirectoryName(folder) is { } parent && !File.Exists(Path.Combine(folder, "Mcdm.psd1"))) { folder = parent; }
        return Path.GetFullPath(Path.Combine(folder, "..", "shared", "bugs"));
    }
}
