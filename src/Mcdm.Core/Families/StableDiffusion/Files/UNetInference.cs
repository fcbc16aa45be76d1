using Mcdm.Families.Shared;
using Mcdm.Families.StableDiffusion.Networks;
using Mcdm.Layers.UNet2D;
using Mcdm.Weights;

namespace Mcdm.Families.StableDiffusion.Files;

/// <summary>The shape of a U-Net or ControlNet that no configuration describes, from its tensors in diffusers' names.</summary>
internal static class UNetInference
{
    private const int PublishedGroups = 32, PublishedHeads = 8, PublishedHeadChannels = 64;

    /// <exception cref="McdmException"><c>WeightsMissing</c>, <c>WeightsShape</c>, <c>ShapeUnknown</c>.</exception>
    public static UNet2DConditionOptions UNet(IWeights weights, SingleFileHints hints)
    {
        var shapes = new TensorShapes(weights);
        var shape = Shape(shapes, hints);
        int last = shape.Channels.Count - 1;
        shape = shape with { UpAttention = Enumerable.Range(0, last + 1).Select(i => shapes.Has($"up_blocks.{i}.attentions.0.norm.weight")).ToArray() };
        return new UNet2DConditionOptions { Shape = shape, Transformers = Transformers(shapes, shape, hints), OutputChannels = shapes.Size("conv_out.weight", 0) };
    }

    /// <inheritdoc cref="UNet"/>
    public static ControlNetOptions ControlNet(IWeights weights, SingleFileHints hints)
    {
        const string Picture = "controlnet_cond_embedding";
        var shapes = new TensorShapes(weights);
        var shape = Shape(shapes, hints);
        // Each further number of features has one layer that keeps the size and one that halves it.
        int halvings = shapes.Count(i => $"{Picture}.blocks.{i}.weight") / 2;
        return new ControlNetOptions
        {
            Shape = shape,
            Transformers = Transformers(shapes, shape, hints),
            PictureFeatures = [shapes.Size($"{Picture}.conv_in.weight", 0), .. Enumerable.Range(0, halvings).Select(i => shapes.Size($"{Picture}.blocks.{2 * i + 1}.weight", 0))],
            PictureChannels = shapes.Size($"{Picture}.conv_in.weight", 1),
        };
    }

    private static UNetShape Shape(TensorShapes shapes, SingleFileHints hints)
    {
        int levels = Math.Max(1, shapes.Count(level => $"down_blocks.{level}.resnets.0.conv1.weight"));
        int[] channels = Enumerable.Range(0, levels).Select(level => shapes.Size($"down_blocks.{level}.resnets.0.conv1.weight", 0)).ToArray();
        int groups = hints.Groups ?? PublishedGroups, time = shapes.Size("time_embedding.linear_1.weight", 0);
        shapes.RequireDivides(groups, channels, "groups");
        return new UNetShape
        {
            InputChannels = shapes.Size("conv_in.weight", 1),
            Channels = channels,
            Layers = Enumerable.Range(0, levels).Select(level => shapes.Count(i => $"down_blocks.{level}.resnets.{i}.conv1.weight")).ToArray(),
            DownAttention = Enumerable.Range(0, levels).Select(level => shapes.Has($"down_blocks.{level}.attentions.0.norm.weight")).ToArray(),
            Groups = groups,
            TimeChannels = time == 4 * channels[0] ? null : time,
            ScaleShift = shapes.Size("down_blocks.0.resnets.0.time_emb_proj.weight", 0) == 2 * channels[0],
        };
    }

    private static TransformerOptions Transformers(TensorShapes shapes, UNetShape shape, SingleFileHints hints)
    {
        // The middle always has one.
        const string At = "mid_block.attentions.0";
        bool linear = shapes.Rank($"{At}.proj_in.weight") == 2;
        int? headChannels = hints.HeadChannels ?? (linear ? PublishedHeadChannels : null);
        var heads = hints.Heads switch
        {
            null when headChannels is { } width => Divided(width),
            null => Published(),
            [var one] => Enumerable.Repeat(one, shape.Channels.Count),
            { } each when each.Count == shape.Channels.Count => each,
            _ => throw new ArgumentException($"Heads are one number or {shape.Channels.Count}.", nameof(hints)),
        };
        return new TransformerOptions
        {
            Heads = heads.ToArray(),
            ContextChannels = shapes.Size($"{At}.transformer_blocks.0.attn2.to_k.weight", 1),
            Depth = shapes.Count(i => $"{At}.transformer_blocks.{i}.norm1.weight"),
            LinearProjection = linear,
            Groups = shape.Groups,
        };

        IEnumerable<int> Published()
        {
            shapes.RequireDivides(PublishedHeads, shape.Channels, "heads");
            return Enumerable.Repeat(PublishedHeads, shape.Channels.Count);
        }

        IEnumerable<int> Divided(int width)
        {
            shapes.RequireDivides(width, shape.Channels, "channels a head");
            return shape.Channels.Select(channels => channels / width);
        }
    }
}
