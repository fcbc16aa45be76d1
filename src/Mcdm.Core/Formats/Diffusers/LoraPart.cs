namespace Mcdm.Formats.Diffusers;

/// <summary>A network that a LoRA changes.</summary>
internal enum LoraPart
{
    /// <summary>The U-Net.</summary>
    UNet,

    /// <summary>The text encoder.</summary>
    Text,
}
