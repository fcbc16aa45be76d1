namespace Mcdm.Benchmarks.Fuzz;

/// <summary>The files of tiny models, and those made to do harm, that are kept for tests.</summary>
internal static class ModelSeeds
{
    /// <summary>Larger files are left out: in a small one, a changed byte counts.</summary>
    private const long LargestWeights = 300_000, LargestText = 64_000;

    private static readonly string[] s_weights = [".safetensors", ".pt", ".pth", ".bin", ".ckpt", ".tar"];

    /// <summary>All that lie below a folder, in an order that does not depend on the system.</summary>
    public static IReadOnlyList<ModelSeed> Below(string folder) => !Directory.Exists(folder) ? [] : Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
        .Order(StringComparer.Ordinal)
        .Select(path => (path, format: FormatOf(path)))
        .Where(file => file.format is not null && new FileInfo(file.path).Length <= (file.format is "config" or "index" ? LargestText : LargestWeights))
        .Select(file => new ModelSeed(file.format!, file.path, File.ReadAllBytes(file.path)))
        .ToList();

    private static string? FormatOf(string path)
    {
        string name = Path.GetFileName(path);
        if (name.EndsWith(".index.json", StringComparison.Ordinal)) { return "index"; }
        if (name is "config.json" or "model.json") { return "config"; }
        if (!s_weights.Contains(Path.GetExtension(path)) || name == "cases.safetensors") { return null; }
        using var stream = File.OpenRead(path);
        return stream.ReadByte() switch
        {
            'P' => "zip",
            0x80 => "legacy",
            _ => name.EndsWith(".safetensors", StringComparison.Ordinal) ? "safetensors" : null,
        };
    }
}
