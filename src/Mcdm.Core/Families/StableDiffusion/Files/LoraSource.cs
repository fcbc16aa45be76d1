using Mcdm.Weights;
using Mcdm.Weights.Reading;

namespace Mcdm.Families.StableDiffusion.Files;

/// <summary>
/// Where an adapter lies: a file; a folder that PEFT wrote, with its configuration beside the weights; or one with such a folder for each network, or
/// with diffusers' file. Owns the files.
/// </summary>
internal sealed class LoraSource : IDisposable
{
    private const string PeftConfig = "adapter_config.json", PeftPrefix = "base_model.model.";

    private static readonly string[] s_peft = ["adapter_model.safetensors", "adapter_model.bin"];
    private static readonly string[] s_diffusers = ["pytorch_lora_weights.safetensors", "pytorch_lora_weights.bin"];

    private readonly List<LoraSourceFile> _files;

    /// <param name="path">The file or folder, for messages.</param>
    /// <param name="files">Its files, which become this object's.</param>
    public LoraSource(string path, IEnumerable<LoraSourceFile> files) => (Path, _files) = (path, files.ToList());

    /// <summary>The file or folder.</summary>
    public string Path { get; }

    /// <summary>Its files.</summary>
    public IReadOnlyList<LoraSourceFile> Files => _files;

    /// <summary>What tells it from others.</summary>
    public string Fingerprint => _files is [var only] ? WeightFingerprint.Of(only.Weights)
        : WeightFingerprint.Join([.. _files.Select(file => WeightFingerprint.Of(file.Weights))]);

    /// <summary>Opens all of it.</summary>
    /// <param name="path">The file or folder.</param>
    /// <exception cref="McdmException"><c>LoraFolder</c>: nothing in it is an adapter; or a file cannot be read.</exception>
    public static LoraSource Open(string path)
    {
        var source = new LoraSource(path, []);
        try
        {
            if (!Directory.Exists(path)) { source.Add(path, null); }
            else { source.AddFolder(); }
            return source;
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    /// <summary>Closes the files.</summary>
    public void Dispose() => _files.ForEach(file => file.Weights.Dispose());

    private void AddFolder()
    {
        foreach (var (name, part) in new[] { ("unet", LoraPart.UNet), ("text_encoder", LoraPart.Text), ("text_encoder_2", LoraPart.SecondText) })
        {
            if (First(System.IO.Path.Combine(Path, name), s_peft) is { } file) { Add(file, part); }
        }
        if (_files.Count > 0) { return; }
        Add(First(Path, [.. s_peft, .. s_diffusers]) ?? throw new McdmException("LoraFolder", ErrorKind.InvalidData,
            $"The folder '{Path}' holds no adapter: it has neither '{s_peft[0]}', itself or in unet or text_encoder, nor '{s_diffusers[0]}'; give the "
                + "file."), null);
    }

    private void Add(string path, LoraPart? part)
    {
        var weights = WeightFile.Open(path);
        try
        {
            _files.Add(new LoraSourceFile(weights, part, MetadataOf(path, weights)));
        }
        catch
        {
            weights.Dispose();
            throw;
        }
    }

    private static LoraMetadata MetadataOf(string path, IWeights weights)
    {
        if (!weights.Names.Any(name => name.StartsWith(PeftPrefix, StringComparison.Ordinal)))
        {
            return LoraMetadata.OfHeader(path, weights.Metadata);
        }
        string config = System.IO.Path.Combine(System.IO.Path.GetDirectoryName(path)!, PeftConfig);
        return File.Exists(config) ? LoraMetadata.OfPeft(config) : throw new McdmException("LoraMetadata", ErrorKind.InvalidData,
            $"'{path}' was written by PEFT, which says in {PeftConfig} by what its factors are multiplied, and there is no '{config}'.");
    }

    private static string? First(string folder, IEnumerable<string> names) =>
        names.Select(name => System.IO.Path.Combine(folder, name)).FirstOrDefault(File.Exists);
}

/// <summary>One file of an adapter.</summary>
/// <param name="Weights">Its tensors.</param>
/// <param name="Part">The network that it changes; null where its tensors' names say it.</param>
/// <param name="Metadata">What is said beside the tensors.</param>
internal sealed record LoraSourceFile(IWeights Weights, LoraPart? Part, LoraMetadata Metadata);
