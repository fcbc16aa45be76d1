using Mcdm.Families.Shared;
using Mcdm.Layers.Clip;
using Mcdm.Weights;
using Mcdm.Weights.Reading;

namespace Mcdm.Families.StableDiffusion.Files;

/// <summary>A picture encoder of CLIP's on disk, which IP-Adapters read pictures by: a folder of transformers.</summary>
/// <param name="Path">The folder.</param>
/// <param name="Weights">Its weights.</param>
/// <param name="Options">Its shape.</param>
internal sealed record ImageEncoderFiles(string Path, IWeights Weights, ClipVisionOptions Options) : IDisposable
{
    /// <summary>What the folder is called in published repositories.</summary>
    public const string FolderName = "image_encoder";

    private const string ModelType = "clip_vision_model";

    /// <summary>Opens the weights once more.</summary>
    public required WeightsAgain Again { get; init; }

    /// <summary>What its files say and is not used, in a sentence each.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Whether a folder's configuration is one of such an encoder.</summary>
    public static bool IsIn(string folder)
    {
        string path = System.IO.Path.Combine(folder, DiffusersFolder.ConfigFile);
        if (!File.Exists(path) || File.Exists(System.IO.Path.Combine(folder, DiffusersFolder.IndexFile))) { return false; }
        var config = JsonConfig.Read(path);
        return config.ClassName is null && config.Get<string?>("model_type", null) == ModelType;
    }

    /// <summary>Opens a folder.</summary>
    /// <exception cref="McdmException">It lacks its weights, or its configuration asks for what is not implemented.</exception>
    public static ImageEncoderFiles Open(string folder, string? variant)
    {
        var config = JsonConfig.Read(System.IO.Path.Combine(folder, DiffusersFolder.ConfigFile));
        var options = config.As<ClipVisionOptions>();
        var weights = NetworkWeights.Open(folder, variant);
        return new ImageEncoderFiles(folder, weights, options)
        {
            Again = new(folder, () => NetworkWeights.Open(folder, variant)),
            Warnings = [.. UnreadKeys.Warnings(config, options.ClassName), .. FileMetadata.Warnings(weights)],
        };
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => Weights.Dispose();
}
