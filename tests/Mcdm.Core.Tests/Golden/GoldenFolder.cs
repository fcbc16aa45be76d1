using System.Security.Cryptography;
using System.Text.Json;

namespace Mcdm.Core.Tests.Golden;

/// <summary>
/// A folder of cases that an original program computed: <c>cases.json</c>, <c>cases.safetensors</c> and, mostly, a model. Found by walking
/// tests/, ../shared/checkpoints/golden, and the folders that the environment variable MCDM_GOLDEN names.
/// </summary>
public sealed class GoldenFolder
{
    private const string Cases = "cases.json";

    private GoldenFolder(string path) => Path = path;

    public string Path { get; }

    public string Name => System.IO.Path.GetFileName(Path);

    /// <summary>All folders; one that lies in two places as the same files counts once.</summary>
    public static IReadOnlyList<GoldenFolder> All { get; } = Roots()
        .Where(Directory.Exists)
        .SelectMany(root => Directory.EnumerateFiles(root, Cases, SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        .Where(file => !file.Split(System.IO.Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj"))
        .Select(file => new GoldenFolder(System.IO.Path.GetDirectoryName(file)!))
        .DistinctBy(folder => (folder.Name, folder.Print()))
        .ToList();

    /// <summary>A file or folder of this one's, or of a sibling such as <c>../sd1-tiny</c>; a sibling that is not beside it is looked for beside the others.</summary>
    public string Find(string relative)
    {
        string beside = System.IO.Path.GetFullPath(System.IO.Path.Combine(Path, relative));
        if (System.IO.Path.Exists(beside)) { return beside; }
        string inSibling = System.IO.Path.GetRelativePath(System.IO.Path.GetDirectoryName(Path)!, beside);
        return All.Select(folder => System.IO.Path.Combine(System.IO.Path.GetDirectoryName(folder.Path)!, inSibling)).FirstOrDefault(System.IO.Path.Exists)
            ?? throw new FileNotFoundException($"Golden folder '{Path}' names '{relative}', which is nowhere.");
    }

    /// <summary>One that is read by itself.</summary>
    public static GoldenFolder Of(string path) => new(path);

    /// <summary>Another golden's folder, as a path from this one: by a name beside this folder, or by a path that begins in it.</summary>
    public string Place(string golden) => Directory.Exists(System.IO.Path.Combine(Path, golden)) ? golden : System.IO.Path.Combine("..", golden);

    public IEnumerable<GoldenCase> ReadCases()
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(System.IO.Path.Combine(Path, Cases)));
        return json.RootElement.EnumerateArray().Select(entry => new GoldenCase(this, entry.Clone())).ToList();
    }

    private static IEnumerable<string> Roots() =>
    [
        System.IO.Path.Combine(Checkout.Folder, "tests"),
        Checkout.Shared("checkpoints", "golden"),
        .. (Environment.GetEnvironmentVariable("MCDM_GOLDEN") ?? "").Split(System.IO.Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
    ];

    private string Print()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string file in new[] { Cases, "cases.safetensors" }.Select(name => System.IO.Path.Combine(Path, name)).Where(File.Exists)) { hash.AppendData(File.ReadAllBytes(file)); }
        return Convert.ToHexString(hash.GetHashAndReset());
    }
}
