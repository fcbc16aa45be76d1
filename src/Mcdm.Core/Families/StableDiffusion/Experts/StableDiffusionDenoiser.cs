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
/// <param name="further">What the U-Net reads beside the latents; null for nothing.</param>
internal sealed class StableDiffusionDenoiser(UNet2DConditionModel network, FurtherChannels? further = null) : IDenoiser
{
    /// <summary>What the U-Net reads beside the latents; null for nothing.</summary>
    public FurtherChannels? Further => further;

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
        var added = own.Additions.GroupBy(picture => (By: picture.IsFused ? picture.By.Networks.First().Network : picture, picture.Rows)).Select(group =>
        {
            var (first, count) = group.Key.Rows ?? (0, z.shape[0]);
            var rows = new UNetRows(first, Of(z), Of(time), Of(context)) { Told = own.Told?.Rows(first, count) };
            return Added(group.ToList(), level.T, rows);

            Tensor Of(Tensor all) => all.narrow(0, first, count);
        });
        var together = UNetAdded.Together([.. added.OfType<UNetAdded>()]);
        return network.Forward(WithFurther(z, own.Shown), time, context, together, own.Told, own.Guidance).MoveToOuterDisposeScope();
    }

    /// <summary>What one picture adds, or several of a network that takes them together; null for nothing.</summary>
    private static UNetAdded? Added(IReadOnlyList<AddedPicture> together, double t, UNetRows rows)
    {
        if (together.Count == 1) { return together[0].At(t, rows); }
        var acting = together.Select(picture => (Picture: picture, Scale: picture.ScaleAt(t)!)).Where(one => one.Scale is not null).ToList();
        return acting.Count switch { 0 => null, 1 => acting[0].Picture.At(t, rows), _ => acting[0].Picture.By.Together(rows, acting) };
    }

    private Tensor WithFurther(Tensor z, Tensor? shown) => further is null ? z
        : cat([z, (shown ?? further.None(z.shape[2], z.shape[3])).to(z.device).expand(z.shape[0], -1, -1, -1)], 1);
}
