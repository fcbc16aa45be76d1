namespace Mcdm.Formats.Diffusers;

/// <summary>How the tensors of an original (CompVis) checkpoint begin.</summary>
internal static class SingleFileNames
{
    /// <summary>The U-Net.</summary>
    public const string UNet = "model.diffusion_model.";
}
