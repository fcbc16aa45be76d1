using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>Lays out the module's folder anew, with the licences of the packages in it, and says how large it is.</summary>
public sealed class PackModule : Task
{
    /// <summary>The files, each with the folder it goes to as metadata Folder.</summary>
    [Required]
    public ITaskItem[] Files { get; set; }

    [Required]
    public string Destination { get; set; }

    /// <summary>What it is built for, for people.</summary>
    public string What { get; set; }

    public override bool Execute()
    {
        if (Directory.Exists(Destination)) { Directory.Delete(Destination, true); }
        foreach (var file in Files) { Place(file.ItemSpec, Path.Combine(file.GetMetadata("Folder"), Path.GetFileName(file.ItemSpec))); }
        foreach (string root in Files.Select(PackageRoot).Where(root => root != null).Distinct())
        {
            // <packages>/<id>/<version>/
            string id = Path.GetFileName(Path.GetDirectoryName(root));
            var places = new[] { root, Path.Combine(root, "Notices") }.Where(Directory.Exists);
            foreach (string notice in places.SelectMany(Directory.EnumerateFiles).Where(IsNotice)) { Place(notice, Path.Combine("licenses", id, Path.GetFileName(notice))); }
        }
        var sizes = Directory.EnumerateFiles(Destination, "*", SearchOption.AllDirectories).Select(file => new FileInfo(file).Length).ToList();
        Log.LogMessage(MessageImportance.High, "{0} ({1}): {2} files, {3} MB", Destination, What, sizes.Count, Math.Round(sizes.Sum() / 1e6, 1));
        return !Log.HasLoggedErrors;
    }

    private void Place(string source, string target)
    {
        string path = Path.Combine(Destination, target);
        Directory.CreateDirectory(Path.GetDirectoryName(path));
        File.Copy(source, path, true);
    }

    /// <summary>The folder of the package that a file, or what it is a changed copy of, came from; null for files of this project.</summary>
    private static string PackageRoot(ITaskItem file)
    {
        string inside = file.GetMetadata("PathInPackage").Replace('/', Path.DirectorySeparatorChar), path = file.GetMetadata("CopyOf") is { Length: > 0 } original ? original : file.GetMetadata("FullPath");
        return inside.Length > 0 && path.EndsWith(inside, StringComparison.OrdinalIgnoreCase) ? path.Substring(0, path.Length - inside.Length - 1) : null;
    }

    private static bool IsNotice(string path)
    {
        string name = Path.GetFileName(path).ToUpperInvariant();
        return name.StartsWith("LICENSE", StringComparison.Ordinal) || name.StartsWith("THIRD-PARTY-NOTICES", StringComparison.Ordinal) || name == "NOTICES.TXT";
    }
}
