namespace Mcdm.Benchmarks.Fuzz;

/// <summary>The files of tiny models, and those made to do harm, that are kept for tests.</summary>
internal static class ModelSeeds
{
    /// <summary>Larger files are left out: in a small one, a changed byte counts.</summary>
    private const long LargestWeights = 300_000, LargestText = 64_000;

    private const string PipelineIndex = "model_index.json";

    /// <summary>What is read with a whole pipeline only.</summary>
    private static readonly string[] s_parts = [PipelineIndex, "scheduler_config.json", "tokenizer_config.json", "special_tokens_map.json", "vocab.json", "merges.txt"];

    private static readonly string[] s_weights = [".safetensors", ".pt", ".pth", ".bin", ".ckpt", ".tar", ".gguf"];

    /// <summary>All that lie below a folder, in an order that does not depend on the system.</summary>
    public static IReadOnlyList<ModelSeed> Below(string folder) => !Directory.Exists(folder) ? [] : Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
        .Order(StringComparer.Ordinal)
        .Select(path => (path, format: ContainerOf(path)))
        .Where(file => file.format is not null && new FileInfo(file.path).Length <= (file.format is "config" or "index" or "folder" ? LargestText : LargestWeights))
        .Select(file => new ModelSeed(ContentOf(file.path) ?? file.format!, file.path, File.ReadAllBytes(file.path)) { Container = file.format! })
        .ToList();

    /// <summary>The folder of the pipeline that a file belongs to; null where it belongs to none.</summary>
    public static string? PipelineOf(string path)
    {
        string? folder = Path.GetDirectoryName(path);
        while (folder is not null && !File.Exists(Path.Combine(folder, PipelineIndex))) { folder = Path.GetDirectoryName(folder); }
        return folder;
    }

    /// <summary>What a file of weights is read as, by the golden folder that it lies in; null for weights as such.</summary>
    private static string? ContentOf(string path)
    {
        if (!s_weights.Contains(Path.GetExtension(path))) { return null; }
        return path.Split(Path.DirectorySeparatorChar).Select(part => part switch
        {
            "fp8" => "fp8",
            _ when part.StartsWith("inversion-", StringComparison.Ordinal) => "embedding",
            _ when part.StartsWith("adapter-", StringComparison.Ordinal) || part.StartsWith("lora-", StringComparison.Ordinal) || part == "lcm-lora" => "adapter",
            _ => null,
        }).FirstOrDefault(kind => kind is not null);
    }

    private static string? ContainerOf(string path)
    {
        string name = Path.GetFileName(path);
        if (s_parts.Contains(name)) { return PipelineOf(path) is null ? null : "folder"; }
        if (name.EndsWith(".index.json", StringComparison.Ordinal)) { return "index"; }
        if (name is "config.json" or "model.json") { return "config"; }
        if (!s_weights.Contains(Path.GetExtension(path)) || name == "cases.safetensors") { return null; }
        using var stream = File.OpenRead(path);
        return stream.ReadByte() switch
        {
            'P' => "zip",
            'G' => "gguf",
            0x80 => "legacy",
            _ => name.EndsWith(".safetensors", StringComparison.Ordinal) ? "safetensors" : null,
        };
    }
}
