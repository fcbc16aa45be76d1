using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>
/// Writes which packages of libtorch the module was built with, and the hashes that restoring found, so that Install-McdmRuntime can fetch
/// the same bytes later, on a machine that has the module alone.
/// </summary>
public sealed class RecordRuntime : Task
{
    /// <summary>project.assets.json, as restoring wrote it.</summary>
    [Required]
    public string Assets { get; set; }

    [Required]
    public string Backend { get; set; }

    [Required]
    public string Platform { get; set; }

    [Required]
    public string Destination { get; set; }

    public override bool Execute()
    {
        var packages = Regex.Matches(File.ReadAllText(Assets), "\"(?<id>libtorch-[^\"/]+)/(?<version>[^\"]+)\":\\s*\\{\\s*\"sha512\":\\s*\"(?<hash>[^\"]+)\"", RegexOptions.IgnoreCase)
            .Cast<Match>().OrderBy(match => match.Groups["id"].Value, System.StringComparer.Ordinal)
            .Select(match => $"    {{ \"id\": \"{match.Groups["id"]}\", \"version\": \"{match.Groups["version"]}\", \"sha512\": \"{match.Groups["hash"]}\" }}").ToList();
        if (packages.Count == 0) { Log.LogError("There is no package of libtorch in '{0}'.", Assets); }
        string text = $"{{\n  \"backend\": \"{(Backend.StartsWith("cuda", System.StringComparison.Ordinal) ? "cuda" : Backend)}\",\n  \"platform\": \"{Platform}\",\n  \"packages\": [\n{string.Join(",\n", packages)}\n  ]\n}}\n";
        if (!File.Exists(Destination) || File.ReadAllText(Destination) != text) { File.WriteAllText(Destination, text); }
        return !Log.HasLoggedErrors;
    }
}
