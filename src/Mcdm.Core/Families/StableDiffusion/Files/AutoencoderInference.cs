using Mcdm.Families.Shared;
using Mcdm.Families.StableDiffusion.Networks;
using Mcdm.Weights;

namespace Mcdm.Families.StableDiffusion.Files;

/// <summary>The shape of an autoencoder that no configuration describes, from its tensors in diffusers' names.</summary>
internal static class AutoencoderInference
{
    private const int PublishedGroups = 32;

    /// <inheritdoc cref="UNetInference.UNet"/>
    public static AutoencoderKLOptions Read(IWeights weights, SingleFileHints hints)
    {
        var shapes = new TensorShapes(weights);
        int levels = Math.Max(1, shapes.Count(level => $"encoder.down_blocks.{level}.resnets.0.conv1.weight"));
        int[] channels = Enumerable.Range(0, levels).Select(level => shapes.Size($"encoder.down_blocks.{level}.resnets.0.conv1.weight", 0)).ToArray();
        int groups = hints.AutoencoderGroups ?? PublishedGroups;
        shapes.RequireDivides(groups, channels, "groups");
        var options = new AutoencoderKLOptions
        {
            InChannels = shapes.Size("encoder.conv_in.weight", 1),
            OutChannels = shapes.Size("decoder.conv_out.weight", 0),
            LatentChannels = shapes.Size("decoder.conv_in.weight", 1),
            BlockOutChannels = channels,
            LayersPerBlock = shapes.Count(i => $"encoder.down_blocks.0.resnets.{i}.conv1.weight"),
            NormNumGroups = groups,
            MidBlockAddAttention = shapes.Has("decoder.mid_block.attentions.0.to_q.weight"),
            UseQuantConv = shapes.Has("quant_conv.weight"),
            UsePostQuantConv = shapes.Has("post_quant_conv.weight"),
        };
        return hints.ScalingFactor is { } factor ? options with { ScalingFactor = factor } : options;
    }
}
