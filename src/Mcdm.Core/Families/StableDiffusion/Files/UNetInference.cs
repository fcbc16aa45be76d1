using Mcdm.Families.Shared;
using Mcdm.Families.StableDiffusion.Networks;
using Mcdm.Layers.UNet2D;
using Mcdm.Weights;

namespace Mcdm.Families.StableDiffusion.Files;

/// <summary>The shape of a U-Net or ControlNet that no configuration describes, from its tensors in diffusers' names.</summary>
internal static class UNetInference
{
    private const int PublishedGroups = 32, PublishedHeads = 8, PublishedHeadChannels = 64, PublishedSizeChannels = 256;

    /// <exception cref="McdmException"><c>WeightsMissing</c>, <c>WeightsShape</c>, <c>ShapeUnknown</c>.</exception>
    public static UNet2DConditionOptions UNet(IWeights weights, SingleFileHints hints)
    {
        var shapes = new TensorShapes(weights);
        var options = Shape(new UNet2DConditionOptions
        {
            OutChannels = shapes.Size("conv_out.weight", 0),
            TimeCondProjDim = shapes.Has("time_embedding.cond_proj.weight") ? shapes.Size("time_embedding.cond_proj.weight", 1) : null,
        }, shapes, hints);
        return options with { UpBlockTypes = Blocks("Up", options.Levels, i => shapes.Has($"up_blocks.{i}.attentions.0.norm.weight")) };
    }

    /// <inheritdoc cref="UNet"/>
    public static ControlNetOptions ControlNet(IWeights weights, SingleFileHints hints)
    {
        const string Picture = "controlnet_cond_embedding";
        var shapes = new TensorShapes(weights);
        // Each further number of features has one layer that keeps the size and one that halves it.
        int halvings = shapes.Count(i => $"{Picture}.blocks.{i}.weight") / 2;
        ControlNetOptions options = shapes.Has("task_embedding") ? new ControlNetUnionOptions { NumControlType = shapes.Size("task_embedding", 0) }
            : new ControlNetOptions();
        return Shape(options with
        {
            ConditioningEmbeddingOutChannels =
            [
                shapes.Size($"{Picture}.conv_in.weight", 0),
                .. Enumerable.Range(0, halvings).Select(i => shapes.Size($"{Picture}.blocks.{2 * i + 1}.weight", 0)),
            ],
            ConditioningChannels = shapes.Size($"{Picture}.conv_in.weight", 1),
        }, shapes, hints);
    }

    private static T Shape<T>(T options, TensorShapes shapes, SingleFileHints hints) where T : TransformerOptions
    {
        int levels = Math.Max(1, shapes.Count(level => $"down_blocks.{level}.resnets.0.conv1.weight"));
        int[] channels = Enumerable.Range(0, levels).Select(level => shapes.Size($"down_blocks.{level}.resnets.0.conv1.weight", 0)).ToArray();
        // What a U-Net has that is another's than a ControlNet's tells nothing.
        if (hints.Like?.BlockOutChannels.SequenceEqual(channels) == false) { hints = hints with { Like = null }; }
        int groups = hints.Groups ?? hints.Like?.Groups ?? PublishedGroups, time = shapes.Size("time_embedding.linear_1.weight", 0);
        shapes.RequireDivides(groups, channels, "groups");
        // A ControlNet may have fewer of them, or none.
        var transformers = Enumerable.Range(0, levels).Reverse().Select(level => $"down_blocks.{level}.attentions.0").Prepend("mid_block.attentions.0")
            .Where(at => shapes.Has($"{at}.norm.weight")).ToList();
        string? reader = transformers.Select(at => $"{at}.transformer_blocks.0.attn2.to_k.weight").FirstOrDefault(shapes.Has);
        bool linear = transformers.Count == 0 || shapes.Rank($"{transformers[0]}.proj_in.weight") == 2;
        bool told = shapes.Has("add_embedding.linear_1.weight");
        return options with
        {
            InChannels = shapes.Size("conv_in.weight", 1),
            BlockOutChannels = channels,
            LayersPerBlock = new(Enumerable.Range(0, levels).Select(level => shapes.Count(i => $"down_blocks.{level}.resnets.{i}.conv1.weight")).ToArray()),
            DownBlockTypes = Blocks("Down", levels, level => shapes.Has($"down_blocks.{level}.attentions.0.norm.weight")),
            NormNumGroups = groups,
            TimeEmbeddingDim = time == 4 * channels[0] ? null : time,
            ResnetTimeScaleShift = shapes.Size("down_blocks.0.resnets.0.time_emb_proj.weight", 0) == 2 * channels[0] ? "scale_shift" : "default",
            AttentionHeadDim = new(Heads(channels, linear, shapes, hints).ToArray()),
            CrossAttentionDim = reader is null ? hints.Like?.CrossAttentionDim ?? options.CrossAttentionDim : shapes.Size(reader, 1),
            TransformerLayersPerBlock = Depths(),
            UseLinearProjection = linear,
            MidBlockType = shapes.Has("mid_block.attentions.0.norm.weight") ? options.MidBlockType : "UNetMidBlock2D",
            AdditionEmbedType = told ? "text_time" : null,
            AdditionTimeEmbedDim = told ? hints.Like?.AdditionTimeEmbedDim ?? hints.SizeChannels ?? PublishedSizeChannels : null,
            ProjectionClassEmbeddingsInputDim = told ? shapes.Size("add_embedding.linear_1.weight", 1) : null,
        };

        // One number, where all transformers are as deep.
        PerLevel Depths()
        {
            int[] depths = Enumerable.Range(0, levels).Select(level => Depth($"down_blocks.{level}.attentions.0")).ToArray();
            depths[^1] = Math.Max(depths[^1], Depth("mid_block.attentions.0"));
            var own = depths.Where((_, level) => shapes.Has($"down_blocks.{level}.attentions.0.norm.weight")).Append(depths[^1]);
            return own.Distinct().ToList() is [> 0 and var one] ? one : new PerLevel(depths);
        }

        int Depth(string at) => shapes.Count(i => $"{at}.transformer_blocks.{i}.norm1.weight");
    }

    private static string[] Blocks(string way, int levels, Func<int, bool> attends) =>
        Enumerable.Range(0, levels).Select(i => $"{(attends(i) ? "CrossAttn" : "")}{way}Block2D").ToArray();

    private static IEnumerable<int> Heads(int[] channels, bool linear, TensorShapes shapes, SingleFileHints hints)
    {
        int? headChannels = hints.HeadChannels ?? (linear ? PublishedHeadChannels : null);
        return hints.Heads switch
        {
            null when hints.Like is { } like => like.AttentionHeadDim.For(channels.Length),
            null when headChannels is { } width => Divided(width),
            null => Published(),
            [var one] => Enumerable.Repeat(one, channels.Length),
            { } each when each.Count == channels.Length => each,
            _ => throw new ArgumentException($"Heads are one number or {channels.Length}.", nameof(hints)),
        };

        IEnumerable<int> Published()
        {
            shapes.RequireDivides(PublishedHeads, channels, "heads");
            return Enumerable.Repeat(PublishedHeads, channels.Length);
        }

        IEnumerable<int> Divided(int width)
        {
            shapes.RequireDivides(width, channels, "channels a head");
            return channels.Select(count => count / width);
        }
    }
}
