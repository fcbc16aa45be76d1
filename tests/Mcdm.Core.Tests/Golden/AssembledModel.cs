using System.Text.Json;

namespace Mcdm.Core.Tests.Golden;

/// <summary>A golden folder's model with what its <c>make.json</c> copies into it, so that tensors of another folder are kept once.</summary>
internal static class AssembledModel
{
    private static readonly Lazy<string> s_root = new(() =>
    {
        string root = Directory.CreateTempSubdirectory("mcdm-assembled-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(root, recursive: true);
        return root;
    });

    public static string Of(GoldenFolder folder)
    {
        string model = Path.Combine(folder.Path, "model"), make = Path.Combine(folder.Path, "make.json");
        if (!File.Exists(make)) { return model; }
        // Called as its folder is, so that what is named after it has that name.
        string assembled = Path.Combine(s_root.Value, Guid.NewGuid().ToString("N"), folder.Name, "model");
        Directory.CreateDirectory(assembled);
        if (Directory.Exists(model)) { Copy(model, assembled); }
        using var entries = JsonDocument.Parse(File.ReadAllBytes(make));
        foreach (var entry in entries.RootElement.EnumerateArray())
        {
            Copy(folder.Locate(entry.GetProperty("from").GetString()!), Path.Combine(assembled, entry.GetProperty("to").GetString()!));
        }
        return assembled;
    }

    private static void Copy(string from, string to)
    {
        if (File.Exists(from))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(from, to, overwrite: true);
            return;
        }
        Directory.CreateDirectory(to);
        foreach (string entry in Directory.EnumerateFileSystemEntries(from)) { Copy(entry, Path.Combine(to, Path.GetFileName(entry))); }
    }
}
