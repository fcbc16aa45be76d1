namespace Mcdm.Families.Shared;

/// <summary>Families of models that are recognised, by the names of their classes or tensors, in order to be refused by name.</summary>
internal static class ForeignModels
{
    /// <summary>What the names of a U-Net begin with in a single file of a latent diffusion model.</summary>
    private const string LatentPrefix = "model.diffusion_model.";

    private static readonly (string Family, string[] Classes, string[] Tensors)[] s_families =
    [
        ("Playground 2.5", [], ["edm_mean", "edm_std"]),
        ("the refiner of Stable Diffusion XL", [], ["conditioner.embedders.0.model."]),
        ("Stable Diffusion 3", ["StableDiffusion3", "SD3"], ["joint_blocks.", "joint_transformer_blocks."]),
        ("Flux", ["Flux", "AutoencoderKLFlux"], ["double_blocks.", "single_transformer_blocks."]),
        ("PixArt", ["PixArt"], []),
        ("Kandinsky", ["Kandinsky"], []),
        ("DeepFloyd IF", ["IF"], []),
        ("Stable Video Diffusion", ["StableVideoDiffusion", "UNetSpatioTemporal", "AutoencoderKLTemporal"], []),
        ("Stable Cascade", ["StableCascade", "Wuerstchen", "Paella"], []),
    ];

    /// <summary>The family that a class of diffusers or transformers belongs to; null where it is none of these.</summary>
    public static string? FamilyOfClass(string className) => s_families
        .FirstOrDefault(family => family.Classes.Any(name => className.StartsWith(name, StringComparison.Ordinal))).Family;

    /// <summary>The family whose tensors a file holds; null where it is none of these.</summary>
    public static string? FamilyOfTensors(IEnumerable<string> names)
    {
        var known = names.Select(name => name.StartsWith(LatentPrefix, StringComparison.Ordinal) ? name[LatentPrefix.Length..] : name).ToList();
        return s_families.FirstOrDefault(family => family.Tensors.Any(start => known.Any(name => name.StartsWith(start, StringComparison.Ordinal)))).Family;
    }

    /// <summary>Refuses a class that belongs to one of these families.</summary>
    /// <exception cref="McdmException"><c>ModelFamily</c></exception>
    public static void Refuse(string path, string className)
    {
        if (FamilyOfClass(className) is { } family) { throw Refused(path, family); }
    }

    /// <summary>Refuses a file whose tensors belong to one of these families.</summary>
    /// <exception cref="McdmException"><c>ModelFamily</c></exception>
    public static void Refuse(string path, IEnumerable<string> names)
    {
        if (FamilyOfTensors(names) is { } family) { throw Refused(path, family); }
    }

    private static McdmException Refused(string path, string family) =>
        new("ModelFamily", ErrorKind.NotSupported, $"'{path}' is of {family}, which Mcdm does not run; of latent models it runs Stable Diffusion 1.x, "
            + "2.x and XL.");
}
