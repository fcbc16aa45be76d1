using Mcdm.Diffusion.Process;
using Mcdm.Experts;
using Mcdm.Families.StableDiffusion.Networks;
using Mcdm.Layers;
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

    /// <summary>All rows of a step: here they are taken apart anew.</summary>
    public long MostPositions => long.MaxValue;

    /// <summary>
    /// Positions that are evaluated together: four pictures of 512²; on processors one, or four of 256², for rows go through packed convolutions one by one.
    /// </summary>
    private long MostAtOnce => (network.Device.type == TorchSharp.DeviceType.CPU ? 1 : 4) * 64 * 64;

    /// <inheritdoc/>
    public Tensor Predict(Tensor z, NoiseLevel level, ExpertInputs? inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        using var scope = NewDisposeScope();
        var own = (StableDiffusionInputs)inputs;
        // The network counts from 0.
        var time = full([z.shape[0]], level.T - 1, dtype: ScalarType.Float32, device: network.Device);
        var context = own.Prompt.Context.expand(z.shape[0], -1, -1);
        var batch = new UNetBatch(WithFurther(z, own.Shown), time, context) { Told = own.Told, Guidance = own.Guidance };
        // What adds pictures is shown the latents alone, and the prompt without pictures.
        var groups = own.Additions.GroupBy(picture => (By: picture.IsFused ? picture.By.Networks.First().Network : picture, picture.Rows)).Select(group =>
        {
            var (first, count) = group.Key.Rows ?? (0, z.shape[0]);
            int[] places = [.. Enumerable.Range((int)first, (int)count)];
            var part = batch.At(places);
            var rows = new UNetRows(first, z.Rows(places), part.Time, part.Context) { Told = part.Told };
            var adds = new Lazy<UNetAdded?>(() => Added(group.ToList(), level.T, rows));
            return (Rows: places, group.First().By.ActsOnEncoder, Adds: adds);
        }).ToList();
        // Rows that read the same share the first half of the network.
        var firstHalf = batch.FirstOfEqual(groups.Where(group => group.ActsOnEncoder).SelectMany(group => group.Rows).ToHashSet());
        int together = (int)Math.Max(1, MostAtOnce / (z.shape[2] * z.shape[3]));
        var predictions = new Tensor[batch.Count];
        foreach (int[] encodedRows in firstHalf.Distinct().Chunk(together))
        {
            using var encoded = network.Encode(batch.At(encodedRows), AddedTo(encodedRows, onEncoder: true));
            foreach (int[] rows in Enumerable.Range(0, batch.Count).Where(row => encodedRows.Contains(firstHalf[row])).Chunk(together))
            {
                // What is added may be for rows of a later chunk too.
                var added = AddedTo(rows, onEncoder: false);
                using var chunk = NewDisposeScope();
                var features = encoded.With(Array.ConvertAll(rows, row => Array.IndexOf(encodedRows, firstHalf[row])), added.Skips);
                var predicted = network.Decode(features, batch.At(rows), added).split(1);
                for (int i = 0; i < rows.Length; i++) { predictions[rows[i]] = predicted[i].MoveToOuterDisposeScope(); }
            }
        }
        return cat(predictions).MoveToOuterDisposeScope();

        UNetAdded AddedTo(int[] rows, bool onEncoder) => UNetAdded.Together([.. groups
            .Where(group => (group.ActsOnEncoder || !onEncoder) && rows.Any(group.Rows.Contains))
            .Select(group => group.Adds.Value).OfType<UNetAdded>()]).At(rows);
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
