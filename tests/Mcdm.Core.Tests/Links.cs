namespace Mcdm.Core.Tests;

/// <summary>Files and folders under other names: by links, or by copies on Windows, where most people may make none.</summary>
internal static class Links
{
    /// <summary>Gives a file another path.</summary>
    public static void File(string path, string target)
    {
        if (OperatingSystem.IsWindows()) { System.IO.File.Copy(target, path); }
        else { System.IO.File.CreateSymbolicLink(path, target); }
    }

    /// <summary>Gives a folder another path.</summary>
    public static void Folder(string path, string target)
    {
        if (!OperatingSystem.IsWindows())
        {
            Directory.CreateSymbolicLink(path, target);
            return;
        }
        Directory.CreateDirectory(path);
        foreach (string entry in Directory.EnumerateFileSystemEntries(target))
        {
            string here = Path.Combine(path, Path.GetFileName(entry));
            if (Directory.Exists(entry)) { Folder(here, entry); }
            else { System.IO.File.Copy(entry, here); }
        }
    }
}
