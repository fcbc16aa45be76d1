using Mcdm.Layers.Frozen;

namespace Mcdm.Families.Adm;

/// <summary>What the weights of an <see cref="AdmUNet"/> show of it.</summary>
internal sealed record AdmShape
{
    private const int MostBlocks = 512, Colors = 3;

    /// <summary>Channels of the first level before its multiplier.</summary>
    public required long ModelChannels { get; init; }

    /// <summary>Channels of each level, the finest first.</summary>
    public required IReadOnlyList<long> Channels { get; init; }

    /// <summary>Whether each level has attention.</summary>
    public required IReadOnlyList<bool> HasAttention { get; init; }

    /// <summary>Residual blocks of each level on the way down; one more on the way up.</summary>
    public required int ResidualBlocks { get; init; }

    /// <summary>Channels of the first convolution's input.</summary>
    public required long Input { get; init; }

    /// <summary>Channels of the output: three, and three of the variance where that is learned.</summary>
    public required long Output { get; init; }

    /// <summary>Classes; 0 where there are none.</summary>
    public required long Classes { get; init; }

    /// <summary>Whether time scales and shifts what is normalised, in place of being added.</summary>
    public required bool ScaleShift { get; init; }

    /// <summary>Whether residual blocks change the resolution, in place of convolutions.</summary>
    public required bool ResidualResampling { get; init; }

    /// <summary>Channels of maps that a convolution takes to <see cref="Colors"/> first; 0 where there are none.</summary>
    public required long MapChannels { get; init; }

    /// <summary>Width of a sentence's embedding, which every residual block is told; 0 where there is none.</summary>
    public required long Embedding { get; init; }

    /// <summary>Whether the variance is learned.</summary>
    public bool LearnsVariance => Output == 2 * Colors;

    /// <summary>Channels of time's embedding.</summary>
    public long TimeChannels => 4 * ModelChannels;

    /// <summary>By what the sides of a picture must be divisible.</summary>
    public int Factor => 1 << (Channels.Count - 1);

    /// <summary>Reads the shape off the weights' names and shapes.</summary>
    /// <exception cref="McdmException"><c>AdmWeights</c>: they are of no such network.</exception>
    public static AdmShape Of(FrozenWeights weights)
    {
        if (!weights.Has("time_embed.0.weight") || !weights.Has("input_blocks.0.0.weight") || !weights.Has("out.2.weight"))
        {
            throw Foreign("its first layers are missing");
        }
        int outputs = Count("output_blocks.{0}.0.in_layers.0.weight"), first = 0;
        while (first < outputs && Resampler(first) is null) { first++; }
        // The block that enlarges is the last of its level, which has one block more than on the way down; with one level there is none.
        int perLevel = first < outputs ? first + 1 : outputs;
        if (perLevel < 2 || outputs % perLevel != 0) { throw Foreign("its blocks are not as many on each level"); }
        int levels = outputs / perLevel, blocks = perLevel - 1;
        var starts = Enumerable.Range(0, levels).Select(level => $"input_blocks.{1 + level * (blocks + 1)}").ToList();
        if (starts.FirstOrDefault(start => !weights.Has(start + ".0.out_layers.3.weight")) is { } missing)
        {
            throw Foreign($"'{missing}' is no residual block");
        }
        var channels = starts.Select(start => Size(start + ".0.out_layers.3.weight", 0)).ToList();
        return new AdmShape
        {
            ModelChannels = Size("time_embed.0.weight", 1),
            Channels = channels,
            HasAttention = starts.Select(start => weights.Has(start + ".1.qkv.weight")).ToList(),
            ResidualBlocks = blocks,
            Input = Size("input_blocks.0.0.weight", 1),
            Output = Size("out.2.weight", 0),
            Classes = weights.Has("label_emb.weight") ? Size("label_emb.weight", 0) : 0,
            ScaleShift = weights.Has("input_blocks.1.0.emb_layers.1.weight") && Size("input_blocks.1.0.emb_layers.1.weight", 0) == 2 * channels[0],
            ResidualResampling = first < outputs && weights.Has($"{Resampler(first)}.in_layers.0.weight"),
            MapChannels = weights.Has("input_blocks_convert.weight") ? Size("input_blocks_convert.weight", 1) : 0,
            Embedding = weights.Has("input_blocks.1.0.cond_emb_layers.1.weight") ? Size("input_blocks.1.0.cond_emb_layers.1.weight", 1) : 0,
        };

        int Count(string pattern)
        {
            int count = 0;
            while (count < MostBlocks && weights.Has(string.Format(System.Globalization.CultureInfo.InvariantCulture, pattern, count))) { count++; }
            return count;
        }

        string? Resampler(int block) => new[] { $"output_blocks.{block}.1", $"output_blocks.{block}.2" }
            .FirstOrDefault(part => weights.Has(part + ".in_layers.0.weight") || weights.Has(part + ".conv.weight"));

        long Size(string name, int dimension) => weights.Shape(name) is var shape && shape.Count > dimension ? shape[dimension]
            : throw Foreign($"the tensor '{name}' has {shape.Count} dimensions");
    }

    private static McdmException Foreign(string problem) =>
        new("AdmWeights", ErrorKind.InvalidData, $"These are not the weights of an ADM U-Net (guided-diffusion): {problem}.");
}
