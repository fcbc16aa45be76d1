namespace Mcdm.Weights.Reading;

/// <summary>
/// Which file of a network's folder holds its weights: safetensors before pickles, whole before split, and those of full precision before a variant such as
/// <c>fp16</c>, unless that one is asked for or nothing else is there.
/// </summary>
public static class NetworkWeights
{
    /// <summary>What a network's weights are named, by diffusers and by transformers.</summary>
    private static readonly (string Safe, string Pickle)[] s_names = [("diffusion_pytorch_model", "diffusion_pytorch_model"), ("model", "pytorch_model")];

    /// <summary>Variants that are taken where only they are there.</summary>
    private static readonly string[] s_variants = ["fp16", "bf16", "fp32"];

    /// <summary>Finds and opens the weights of a folder.</summary>
    /// <inheritdoc cref="Find" path="/param|/exception"/>
    public static IWeights Open(string folder, string? variant = null) => WeightFile.OpenNetwork(Find(folder, variant));

    /// <summary>Finds the weights of a folder.</summary>
    /// <param name="folder">A network's folder, such as <c>unet</c>.</param>
    /// <param name="variant">The variant that is wanted; null for full precision, or what is there.</param>
    /// <returns>The path of a file, or of an index.</returns>
    /// <exception cref="McdmException"><c>NetworkWeightsNotFound</c>.</exception>
    public static string Find(string folder, string? variant = null)
    {
        var wanted = variant is null ? s_variants.Prepend(null) : [variant];
        return wanted.SelectMany(Candidates).Select(name => Path.Combine(folder, name)).FirstOrDefault(File.Exists) ?? throw NotFound(folder, variant);
    }

    /// <summary>Whether a folder has weights of a variant.</summary>
    public static bool Has(string folder, string variant) => Candidates(variant).Any(name => File.Exists(Path.Combine(folder, name)));

    private static IEnumerable<string> Candidates(string? variant) =>
        s_names.SelectMany(name => Files(name.Safe, "safetensors", variant)).Concat(s_names.SelectMany(name => Files(name.Pickle, "bin", variant)));

    /// <summary>Programs have put a variant's name in three places of an index's.</summary>
    private static IEnumerable<string> Files(string name, string extension, string? variant) => variant is null
        ? [$"{name}.{extension}", $"{name}.{extension}.index.json"]
        : [$"{name}.{variant}.{extension}", $"{name}.{variant}.{extension}.index.json", $"{name}.{extension}.index.{variant}.json",
            $"{name}.{extension}.{variant}.index.json"];

    private static McdmException NotFound(string folder, string? variant)
    {
        if (Candidates(variant).Select(name => DeadLink.Of(Path.Combine(folder, name))).FirstOrDefault(dead => dead is not null) is { } link)
        {
            return new("NetworkWeightsNotFound", ErrorKind.NotFound, link);
        }
        var others = Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder).Select(file => Path.GetFileName(file))
            .Where(name => Path.GetExtension(name) is ".safetensors" or ".bin" or ".msgpack" or ".onnx" or ".pt" or ".ckpt")
            .Order(StringComparer.Ordinal).ToList() : [];
        return new("NetworkWeightsNotFound", ErrorKind.NotFound,
            $"'{folder}' holds no weights{(variant is null ? "" : $" of the variant '{variant}'")}: neither {Candidates(variant).First()} nor another name "
                + "that they usually have"
            + (others.Count == 0 ? "." : $"; it holds {string.Join(", ", others.Take(5))}."));
    }
}
