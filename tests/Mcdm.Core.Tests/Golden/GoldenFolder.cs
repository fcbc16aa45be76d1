using System.Security.Cryptography;
using System.Text.Json;

namespace Mcdm.Core.Tests.Golden;

/// <summary>
/// A folder of cases that an original program computed: <c>cases.json</c>, <c>cases.safetensors</c> and, mostly, a model. Found by walking
/// tests/, ../shared/checkpoints/golden and golden3, and the folders that the environment variable MCDM_GOLDEN names.
/// </summary>
public sealed class GoldenFolder
{
    private const string Cases = "cases.json";

    private readonly Lazy<string> _model;
    private readonly Lazy<Dictionary<string, GoldenCase>> _cases;

    private GoldenFolder(string path)
    {
        Path = path;
        _model = new(() => AssembledModel.Of(this));
        _cases = new(ReadCases);
    }

    public string Path { get; }

    /// <summary>Its <c>model/</c>; where a <c>make.json</c> says what else belongs into it, a copy with that.</summary>
    public string Model => _model.Value;

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

    /// <summary>The model of the folder that a case names, from its own folder or from that one's parent; where it is nowhere there, the folder of that name.</summary>
    public string ModelOf(string golden)
    {
        string[] near = [System.IO.Path.Combine(Path, golden), System.IO.Path.Combine(Path, "..", golden)];
        string? found = near.Select(System.IO.Path.GetFullPath).FirstOrDefault(folder => Directory.Exists(System.IO.Path.Combine(folder, "model")))
            ?? (LocateByName(golden) is { } named && Directory.Exists(System.IO.Path.Combine(named, "model")) ? named : null);
        // The same folder may lie in two places, of which one is among all.
        string? name = found is null ? null : System.IO.Path.GetFileName(found);
        return (All.FirstOrDefault(folder => folder.Path == found) ?? All.FirstOrDefault(folder => folder.Name == name))?.Model ?? (found is null ? Find(System.IO.Path.Combine("..", golden, "model"))
            : System.IO.Path.Combine(found, "model"));
    }

    /// <summary>A file or folder that a path from this folder names, perhaps where the folder lay before it was copied here.</summary>
    public string Locate(string relative)
    {
        string beside = System.IO.Path.GetFullPath(System.IO.Path.Combine(Path, relative));
        return System.IO.Path.Exists(beside) ? beside : LocateByName(relative)
            ?? throw new FileNotFoundException($"Golden folder '{Path}' names '{relative}', which is nowhere.");
    }

    /// <summary>Another golden's folder, as a path from this one: by a name beside this folder, or by a path that begins in it.</summary>
    public string Place(string golden) => Directory.Exists(System.IO.Path.Combine(Path, golden)) ? golden : System.IO.Path.Combine("..", golden);

    /// <summary>Its cases by their ids, read once.</summary>
    public IReadOnlyDictionary<string, GoldenCase> CasesById => _cases.Value;

    private Dictionary<string, GoldenCase> ReadCases()
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(System.IO.Path.Combine(Path, Cases)));
        return json.RootElement.EnumerateArray().Select(entry => new GoldenCase(this, entry.Clone())).ToDictionary(golden => golden.Id);
    }

    private static IEnumerable<string> Roots() =>
    [
        System.IO.Path.Combine(Checkout.Folder, "tests"),
        Checkout.Shared("checkpoints", "golden"),
        Checkout.Shared("checkpoints", "golden3"),
        .. (Environment.GetEnvironmentVariable("MCDM_GOLDEN") ?? "").Split(System.IO.Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
    ];

    /// <summary>The path below the golden folder of the name that it has in it.</summary>
    private static string? LocateByName(string relative)
    {
        string[] parts = relative.Split('/', '\\').SkipWhile(part => part == "..").ToArray();
        return Enumerable.Range(0, parts.Length)
            .SelectMany(i => All.Where(folder => folder.Name == parts[i]).Select(folder => System.IO.Path.Combine([folder.Path, .. parts[(i + 1)..]])))
            .FirstOrDefault(System.IO.Path.Exists);
    }

    private string Print()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string file in new[] { Cases, "cases.safetensors" }.Select(name => System.IO.Path.Combine(Path, name)).Where(File.Exists)) { hash.AppendData(File.ReadAllBytes(file)); }
        return Convert.ToHexString(hash.GetHashAndReset());
    }
}
