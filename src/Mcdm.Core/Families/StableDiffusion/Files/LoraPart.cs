namespace Mcdm.Families.StableDiffusion.Files;

/// <summary>A network that a LoRA changes.</summary>
internal enum LoraPart
{
    /// <summary>The U-Net.</summary>
    UNet,

    /// <summary>The text encoder, or the first of two.</summary>
    Text,

    /// <summary>The second text encoder of Stable Diffusion XL.</summary>
    SecondText,
}
