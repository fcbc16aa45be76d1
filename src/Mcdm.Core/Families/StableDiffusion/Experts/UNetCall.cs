using Mcdm.Modalities;
using static TorchSharp.torch;

namespace Mcdm.Families.StableDiffusion.Experts;

/// <summary>Some rows for a U-Net.</summary>
/// <param name="Z">Noisy latents, float32 [rows, channels, height, width].</param>
/// <param name="Context">Embedded prompts, [rows or 1, tokens, width].</param>
/// <param name="Controls">ControlNets, whose residuals add up.</param>
internal sealed record UNetCall(Tensor Z, Tensor Context, IReadOnlyList<Control> Controls);

/// <summary>An expert that is a use of a U-Net which others share.</summary>
internal interface IUNetExpert
{
    /// <summary>The U-Net.</summary>
    PromptedUNet Network { get; }

    /// <summary>What the U-Net is to evaluate.</summary>
    /// <param name="z">Noisy latents, float32 [rows, channels, height, width].</param>
    /// <param name="condition">What the expert reads; null for nothing.</param>
    UNetCall CallOf(Tensor z, ConditionTensors? condition);
}
