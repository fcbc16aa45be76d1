using Mcdm.Diffusion.Process;
using Mcdm.Experts;
using Mcdm.Families.StableDiffusion.Networks;
using static TorchSharp.torch;

namespace Mcdm.Families.StableDiffusion.Experts;

/// <summary>
/// A U-Net that reads prompts, with what pictures add to it, evaluated layer by layer. Experts share it: for a LoRA there is another of the same weights with
/// its changes.
/// </summary>
/// <param name="network">The U-Net.</param>
/// <param name="grey">
/// Latents of a grey picture of some height and width in latents, [1, channels, height, width], for a U-Net that fills holes and is shown none; null for
/// one that fills none.
/// </param>
internal sealed class StableDiffusionDenoiser(UNet2DConditionModel network, Func<long, long, Tensor>? grey = null) : IDenoiser
{
    /// <summary>Whether the U-Net fills holes.</summary>
    public bool FillsHoles => grey is not null;

    /// <summary>The U-Net.</summary>
    public UNet2DConditionModel Network => network;

    /// <summary>Four pictures of 512², sixteen of 256².</summary>
    public long MostPositions => 4 * 64 * 64;

    /// <inheritdoc/>
    public Tensor Predict(Tensor z, NoiseLevel level, ExpertInputs? inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        using var scope = NewDisposeScope();
        var own = (StableDiffusionInputs)inputs;
        // The network counts from 0.
        var time = full([z.shape[0]], level.T - 1, dtype: ScalarType.Float32, device: network.Device);
        var context = own.Prompt.Context.expand(z.shape[0], -1, -1);
        // What adds pictures is shown the latents alone, and the prompt without pictures.
        var added = own.Additions.Select(picture =>
        {
            var (first, count) = picture.Rows ?? (0, z.shape[0]);
            return picture.At(level.T, new UNetRows(first, Of(z), Of(time), Of(context)) { Told = own.Told?.Rows(first, count) });

            Tensor Of(Tensor all) => all.narrow(0, first, count);
        });
        var together = UNetAdded.Together([.. added.OfType<UNetAdded>()]);
        return network.Forward(WithHole(z, own.Hole), time, context, together, own.Told).MoveToOuterDisposeScope();
    }

    private Tensor WithHole(Tensor z, Tensor? hole)
    {
        if (grey is null) { return z; }
        hole ??= new Hole(ones([1, 1, z.shape[2], z.shape[3]], device: z.device), grey(z.shape[2], z.shape[3])).Channels();
        return cat([z, hole.to(z.device).expand(z.shape[0], -1, -1, -1)], 1);
    }
}
