namespace Mcdm.Families.StableDiffusion.Files;

/// <summary>A network that a LoRA changes.</summary>
internal enum LoraPart
{
    /// <summary>The U-Net.</summary>
    UNet,

    /// <summary>The text encoder.</summary>
    Text,
}
