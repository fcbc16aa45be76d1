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
        // A ControlNet is shown the latents alone.
        var residuals = Residuals(z, level.T, time, context, own);
        return network.Forward(WithHole(z, own.Hole), time, context, residuals, own.Told).MoveToOuterDisposeScope();
    }

    private Tensor WithHole(Tensor z, Tensor? hole)
    {
        if (grey is null) { return z; }
        hole ??= new Hole(ones([1, 1, z.shape[2], z.shape[3]], device: z.device), grey(z.shape[2], z.shape[3])).Channels();
        return cat([z, hole.to(z.device).expand(z.shape[0], -1, -1, -1)], 1);
    }

    /// <summary>The sum of what pictures add to each row; null where none adds anything.</summary>
    private static ControlResiduals? Residuals(Tensor z, double t, Tensor time, Tensor context, StableDiffusionInputs inputs)
    {
        var (sums, rows, done) = (new List<ControlResiduals?>(), new List<long>(), 0L);
        foreach (var group in inputs.Additions.GroupBy(added => added.Rows ?? (0, z.shape[0])))
        {
            var (first, count) = group.Key;
            Add(null, first - done);
            var told = inputs.Told?.Rows(first, count);
            var residuals = group.GroupBy(added => added.IsFused ? added.By.Network.Network : added).Select(Added).OfType<ControlResiduals>().ToList();
            Add(residuals.Count == 0 ? null : residuals.Aggregate((sum, next) => sum.Add(next)), count);

            // What one picture adds, or several of a network that takes them together, as strongly as it does at the level.
            ControlResiduals? Added(IEnumerable<AddedPicture> together)
            {
                var acting = together.Select(added => (added.By, added.Picture, Scale: added.ScaleAt(t)!, added.IsGuess))
                    .Where(added => added.Scale is not null).ToList();
                if (acting.Count == 0) { return null; }
                var (by, picture, scale, _) = acting[0];
                var all = acting.Count == 1 ? by.Residuals(Of(z), Of(time), Of(context), told, picture).Times(scale)
                    : by.Together(Of(z), Of(time), Of(context), told, acting.ConvertAll(added => (added.By, added.Picture, added.Scale)));
                return acting.TrueForAll(added => added.IsGuess) ? all.FallingByDepth() : all;
            }

            Tensor Of(Tensor all) => all.narrow(0, first, count);
        }
        Add(null, z.shape[0] - done);
        return sums.Count == 1 ? sums[0] : ControlResiduals.Stack(sums, rows);

        void Add(ControlResiduals? sum, long count)
        {
            if (count == 0) { return; }
            sums.Add(sum);
            rows.Add(count);
            done += count;
        }
    }
}
