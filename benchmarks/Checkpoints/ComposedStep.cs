using Mcdm.Diffusion.Process;
using Mcdm.Families.StableDiffusion.Experts;
using Mcdm.Families.StableDiffusion.Networks;
using static TorchSharp.torch;

namespace Mcdm.Benchmarks.Checkpoints;

/// <summary>Predictions of experts that share a U-Net, by their denoiser: nothing is number 0, a prompt number 1, and then come ControlNets with the empty prompt.</summary>
internal static class ComposedStep
{
    /// <param name="unet">The U-Net.</param>
    /// <param name="controls">The ControlNets.</param>
    /// <param name="experts">The numbers of the experts.</param>
    /// <param name="z">Latents of one picture.</param>
    /// <param name="words">The prompt; the empty one is zeros.</param>
    /// <param name="picture">What the ControlNets are shown.</param>
    /// <param name="sizes">What a U-Net that is told sizes is told, [1, 6]; null for others.</param>
    public static void Predict(UNet2DConditionModel unet, IReadOnlyList<ControlNetModel> controls, IReadOnlyList<int> experts, Tensor z, Prompt words, Tensor picture, Tensor? sizes = null)
    {
        using var scope = NewDisposeScope();
        var pictures = experts.Index().Where(expert => expert.Item >= 2).Select(expert => new AddedPicture(
            new ControlNetAddition($"control{expert.Item}", controls[expert.Item - 2]), [picture], ones(1, device: z.device)) { Rows = (expert.Index, 1) });
        Tensor Each(Tensor prompt) => cat([.. experts.Select(expert => expert == 1 ? prompt : zeros_like(prompt))]);
        var read = new StableDiffusionInputs(new Prompt(Each(words.Context), words.Pooled is { } pooled ? Each(pooled) : null), unet)
        {
            Additions = [.. pictures],
            Sizes = sizes,
        };
        new StableDiffusionDenoiser(unet).Predict(z.expand(experts.Count, -1, -1, -1).contiguous(), new NoiseLevel(500, 0.7, 0.7), read).Dispose();
    }
}
