using Mcdm.Formats.Adm;
using Mcdm.Formats.Diffusers;
using Mcdm.Formats.Weights;
using Mcdm.Networks.Adm;

namespace Mcdm.Formats.Import;

/// <summary>What a path may hold that Import-McdmModel reads.</summary>
public enum ModelSourceKind
{
    /// <summary>A model folder of Mcdm's own.</summary>
    Pack,

    /// <summary>A folder of diffusers with a whole Stable Diffusion model.</summary>
    StableDiffusion,

    /// <summary>An original checkpoint of Stable Diffusion, all in one file.</summary>
    StableDiffusionFile,

    /// <summary>A folder of diffusers with a ControlNet.</summary>
    ControlNet,

    /// <summary>A ControlNet in a file of the original program.</summary>
    ControlNetFile,

    /// <summary>A folder of diffusers with a U-Net that makes pictures from noise alone.</summary>
    PixelDiffusion,

    /// <summary>A state dict of openai/guided-diffusion or of Unite and Conquer.</summary>
    Adm,
}

/// <summary>A path that holds a model or a part of one, told by what lies there.</summary>
/// <param name="Path">The path.</param>
/// <param name="Kind">What it holds.</param>
public sealed record ModelSource(string Path, ModelSourceKind Kind)
{
    /// <summary>Finds out what a path holds.</summary>
    /// <exception cref="McdmException"><c>ModelNotFound</c>, <c>ModelKindUnknown</c> or <c>ModelFamily</c> (known, but not one that is run).</exception>
    public static ModelSource Find(string path)
    {
        if (Directory.Exists(path)) { return new ModelSource(path, KindOfFolder(path)); }
        if (!File.Exists(path)) { throw new McdmException("ModelNotFound", ErrorKind.NotFound, $"There is no model folder or file '{path}'."); }
        return new ModelSource(path, KindOfFile(path));
    }

    private static ModelSourceKind KindOfFile(string path)
    {
        using var weights = WeightFile.Open(path);
        ForeignModels.Refuse(path, weights.Names);
        var names = weights.Names.ToHashSet(StringComparer.Ordinal);
        if (SingleFile.Recognizes(names))
        {
            return names.Contains(SingleFileNames.UNet + SingleFileNames.FirstConvolution) ? ModelSourceKind.StableDiffusionFile
                : names.Any(name => name.EndsWith(SingleFileNames.FirstPictureLayer, StringComparison.Ordinal)) ? ModelSourceKind.ControlNetFile
                : throw Unknown("holds an autoencoder alone, which makes no pictures");
        }
        if (names.Contains(AdmUNet.FirstTimeLayer)) { return ModelSourceKind.Adm; }
        throw names.Any(name => LoraNames.Parse(name) is not null) ? Unknown("is a LoRA: give it with -Lora, beside the model that it changes")
            : names.Contains("conv_in.weight") ? Unknown("is a network of diffusers without its config.json: give its folder")
            : Unknown("holds no model that is known: neither Stable Diffusion, nor a ControlNet, nor ADM");

        McdmException Unknown(string why) => new("ModelKindUnknown", ErrorKind.NotSupported, $"'{path}' {why}.");
    }

    private static ModelSourceKind KindOfFolder(string folder)
    {
        if (Has(ModelPack.DescriptionFile)) { return AdmConfig.FileOf(folder) is null ? ModelSourceKind.Pack : ModelSourceKind.Adm; }
        if (Has(LatentDiffusionFolder.IndexFile))
        {
            return KindOfClass(LatentDiffusionFolder.IndexFile, ("StableDiffusionPipeline", ModelSourceKind.StableDiffusion), ("StableDiffusionControlNetPipeline", ModelSourceKind.StableDiffusion),
                ("DDPMPipeline", ModelSourceKind.PixelDiffusion), ("DDIMPipeline", ModelSourceKind.PixelDiffusion));
        }
        if (Has(LatentDiffusionFolder.ConfigFile))
        {
            return KindOfClass(LatentDiffusionFolder.ConfigFile, (ControlNetConfig.ClassName, ModelSourceKind.ControlNet), (UNet2DConfig.ClassName, ModelSourceKind.PixelDiffusion));
        }
        throw new McdmException("ModelNotFound", ErrorKind.NotFound,
            $"'{folder}' is no model folder: it has neither {ModelPack.DescriptionFile} (a model of Mcdm), nor {LatentDiffusionFolder.IndexFile} or {LatentDiffusionFolder.ConfigFile} (models of diffusers).");

        bool Has(string file) => File.Exists(System.IO.Path.Combine(folder, file));

        ModelSourceKind KindOfClass(string file, params (string Class, ModelSourceKind Kind)[] known)
        {
            var config = JsonConfig.Read(System.IO.Path.Combine(folder, file));
            string name = config.ClassName ?? throw config.Invalid("_class_name", "the name of a class");
            if (known.FirstOrDefault(entry => entry.Class == name) is { Class: not null } found) { return found.Kind; }
            ForeignModels.Refuse(config.Path, name);
            if (name is UNet2DConditionConfig.ClassName or AutoencoderKLConfig.ClassName)
            {
                throw new McdmException("ModelKindUnknown", ErrorKind.NotSupported, $"'{folder}' is one network of a Stable Diffusion model ({name}), which needs the others: give the folder around it, with {LatentDiffusionFolder.IndexFile}.");
            }
            throw config.Unsupported("_class_name", $"{string.Join(", ", known.Select(entry => entry.Class))} here");
        }
    }
}
