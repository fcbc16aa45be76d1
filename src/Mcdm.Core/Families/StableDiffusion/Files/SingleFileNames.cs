namespace Mcdm.Families.StableDiffusion.Files;

/// <summary>How the tensors of the parts of an original (CompVis) checkpoint begin.</summary>
internal static class SingleFileNames
{
    /// <summary>The U-Net.</summary>
    public const string UNet = "model.diffusion_model.";

    /// <summary>The U-Net's weights averaged over its training: the same names without their dots.</summary>
    public const string Average = "model_ema.";

    /// <summary>The autoencoder.</summary>
    public const string Autoencoder = "first_stage_model.";

    /// <summary>CLIP's text encoder, as transformers names it (Stable Diffusion 1).</summary>
    public const string ClipText = "cond_stage_model.transformer.";

    /// <summary>OpenCLIP's text encoder (Stable Diffusion 2).</summary>
    public const string OpenClipText = "cond_stage_model.model.";

    /// <summary>A ControlNet.</summary>
    public const string ControlNet = "control_model.";

    /// <summary>A tensor that every U-Net and ControlNet has, behind its prefix.</summary>
    public const string FirstConvolution = "input_blocks.0.0.weight";

    /// <summary>A tensor that every ControlNet has, behind its prefix.</summary>
    public const string FirstPictureLayer = "input_hint_block.0.weight";

    /// <summary>A tensor that every autoencoder has, behind its prefix.</summary>
    public const string FirstEncoderLayer = "encoder.down.0.block.0.conv1.weight";
}
