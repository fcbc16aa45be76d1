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

    /// <summary>The text encoders of Stable Diffusion XL: CLIP's, and OpenCLIP's.</summary>
    public const string FirstText = "conditioner.embedders.0.transformer.", SecondText = "conditioner.embedders.1.model.";

    /// <summary>A ControlNet.</summary>
    public const string ControlNet = "control_model.";

    /// <summary>A tensor that every U-Net and ControlNet has, behind its prefix.</summary>
    public const string FirstConvolution = "input_blocks.0.0.weight";

    /// <summary>A tensor that every ControlNet has, behind its prefix.</summary>
    public const string FirstPictureLayer = "input_hint_block.0.weight";

    /// <summary>A tensor that every ControlNet has in the names of diffusers.</summary>
    public const string FirstPictureLayerOfDiffusers = "controlnet_cond_embedding.conv_in.weight";

    /// <summary>A tensor that every autoencoder has, behind its prefix.</summary>
    public const string FirstEncoderLayer = "encoder.down.0.block.0.conv1.weight";

    /// <summary>The mark of a ControlNet whose weights are a difference from a U-Net's.</summary>
    public const string Difference = "difference";

    /// <summary>How the tensors of all parts begin that have a beginning.</summary>
    public static IReadOnlyList<string> Parts { get; } = [UNet, Average, Autoencoder, "cond_stage_model.", "conditioner.embedders.", ControlNet];

    /// <summary>
    /// Tensors that no picture needs: tables that follow from the schedule, counters, what judges pictures, what only training reads, and parts of CLIP that
    /// compare sentences with pictures.
    /// </summary>
    private static readonly string[] s_harmless =
    [
        "betas", "alphas_cumprod", "alphas_cumprod_prev", "sqrt_alphas_cumprod", "sqrt_one_minus_alphas_cumprod", "log_one_minus_alphas_cumprod",
        "sqrt_recip_alphas_cumprod", "sqrt_recipm1_alphas_cumprod", "posterior_variance", "posterior_log_variance_clipped", "posterior_mean_coef1",
        "posterior_mean_coef2", "logvar", "lvlb_weights", "global_step", "scale_factor", "denoiser.sigmas", "safety_checker.", "embedding_manager.",
        Autoencoder + "loss.", "loss.", Autoencoder + "model_ema.",
        "cond_stage_model.logit_scale", ClipText + "vision_model.", ClipText + "visual_projection.", ClipText + "text_projection.", ClipText + "logit_scale",
        OpenClipText + "text_projection", OpenClipText + "logit_scale", OpenClipText + "logit_bias", OpenClipText + "attn_mask",
        OpenClipText + "transformer.resblocks.", Difference, FirstText + "text_projection", FirstText + "logit_scale", SecondText + "logit_scale",
        SecondText + "logit_bias", SecondText + "attn_mask",
    ];

    /// <summary>Whether a tensor may be left out without a word.</summary>
    public static bool IsHarmless(string name) => CheckpointMarks.Tensors.Contains(name)
        || s_harmless.Any(known => known.EndsWith('.') ? name.StartsWith(known, StringComparison.Ordinal) : name == known);
}
