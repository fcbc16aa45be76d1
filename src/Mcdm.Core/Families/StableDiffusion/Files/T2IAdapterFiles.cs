using Mcdm.Families.Shared;
using Mcdm.Families.StableDiffusion.Experts;
using Mcdm.Families.StableDiffusion.Networks;
using Mcdm.Weights;
using Mcdm.Weights.Reading;

namespace Mcdm.Families.StableDiffusion.Files;

/// <summary>A T2I-Adapter on disk: a folder of diffusers, or one file of the original program.</summary>
/// <param name="Name">What its expert is called.</param>
/// <param name="Path">Where it lies.</param>
/// <param name="Weights">Its weights, in diffusers' names.</param>
/// <param name="Options">Its shape.</param>
internal sealed record T2IAdapterFiles(string Name, string Path, IWeights Weights, T2IAdapterOptions Options) : AdditionFiles(Name, Path)
{
    /// <inheritdoc/>
    public override string Kind => "T2I-Adapter";

    /// <summary>Opens a folder.</summary>
    /// <exception cref="McdmException">It lacks its weights, or its configuration asks for what is not implemented.</exception>
    public static T2IAdapterFiles OpenFolder(string folder, string? variant)
    {
        var config = JsonConfig.Read(System.IO.Path.Combine(folder, DiffusersFolder.ConfigFile));
        var options = config.As<T2IAdapterOptions>();
        var weights = NetworkWeights.Open(folder, variant);
        return new T2IAdapterFiles(ModelName.Of(folder), folder, weights, options)
        {
            Owned = weights,
            Warnings = [.. UnreadKeys.Warnings(config, options.ClassName), .. FileMetadata.Warnings(weights)],
            Notes = weights.Notes,
        };
    }

    /// <summary>Opens a file.</summary>
    /// <exception cref="McdmException"><c>ModelKindUnknown</c>: a CoAdapter; <c>WeightsMissing</c>, <c>WeightsShape</c>: no adapter has this shape.</exception>
    public static T2IAdapterFiles OpenFile(string path)
    {
        var file = WeightFile.OpenNetwork(path);
        try
        {
            if (System.IO.Path.GetFileName(path).StartsWith("coadapter", StringComparison.OrdinalIgnoreCase))
            {
                throw new McdmException("ModelKindUnknown", ErrorKind.NotSupported, $"'{path}' {T2IAdapterNames.CoAdapter}.");
            }
            var weights = T2IAdapterNames.Renamed(file);
            return new T2IAdapterFiles(ModelName.Of(path), path, weights, T2IAdapterInference.Read(weights))
            {
                Owned = file,
                Warnings = [.. FileMetadata.Warnings(file)],
                Notes = file.Notes,
            };
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private protected override string? Problem(LatentDiffusionFiles model)
    {
        var unet = model.UNet.Options;
        bool isXL = Options.AdapterType == T2IAdapterOptions.FullXL;
        // What is over goes to the middle, which is as the coarsest level.
        var wanted = unet.BlockOutChannels.Concat(Enumerable.Repeat(unet.BlockOutChannels[^1], Math.Max(0, Options.Levels.Count - unet.Levels)));
        return isXL != (model.Version == StableDiffusionVersion.XL)
                ? $"it is for {(isXL ? StableDiffusionVersion.XL : StableDiffusionVersion.One).Name} and the U-Net of {model.Version.Name}"
            : !Options.Levels.SequenceEqual(wanted)
                ? $"its levels have {string.Join(", ", Options.Levels)} channels and the U-Net's {string.Join(", ", unet.BlockOutChannels)}"
            : null;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<(UNetAddition Addition, string Fingerprint)> Open(AdditionHost host) =>
        [(new T2IAdapterAddition(Name, new T2IAdapterModel(host.Read(Weights), Options)), WeightFingerprint.Of(Weights))];
}
