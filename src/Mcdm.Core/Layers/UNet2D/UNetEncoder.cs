using Mcdm.Layers.Frozen;
using static TorchSharp.torch;

namespace Mcdm.Layers.UNet2D;

/// <summary>The first half of every U-Net, which a ControlNet has a copy of: the time embedding, the way down and the middle.</summary>
internal sealed class UNetEncoder
{
    private readonly FrozenWeights _weights;
    private readonly Convolution _convIn;
    private readonly TimestepEmbedding _timeEmbedding;
    private readonly TextTimeEmbedding? _addEmbedding;
    private readonly DownBlock2D[] _downBlocks;
    private readonly MidBlock2D? _midBlock;

    /// <param name="weights">The whole network's weights.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="attention">Makes the attention of a level, counted from the finest, that has some.</param>
    /// <param name="middleAttention">Makes the attention of the middle; null for none.</param>
    public UNetEncoder(FrozenWeights weights, UNetShape shape, Func<FrozenWeights, int, ISpatialAttention> attention, Func<FrozenWeights,
        ISpatialAttention>? middleAttention)
    {
        _weights = weights;
        var channels = shape.BlockOutChannels;
        _convIn = weights.Convolution("conv_in", shape.InChannels, channels[0], 3);
        _timeEmbedding = new TimestepEmbedding(weights.At("time_embedding"), shape);
        _addEmbedding = shape.TextTime is var (input, sizeChannels) ? new TextTimeEmbedding(weights.At("add_embedding"), shape, input, sizeChannels) : null;
        _downBlocks = shape.DownBlockTypes.Select((type, level) => new DownBlock2D(weights.At($"down_blocks.{level}"),
            channels[Math.Max(0, level - 1)], channels[level], shape.LayersPerBlock.At(level), shape.Style,
            UNetShape.Attends(type) ? at => attention(at, level) : null, downsample: level < shape.Levels - 1)).ToArray();
        _midBlock = shape.MidBlockType is null ? null : new MidBlock2D(weights.At("mid_block"), channels[^1], shape.Style, middleAttention,
            shape.IsMiddleShort);
    }

    /// <summary>Channels of the skips, in the order in which they are made.</summary>
    public static IEnumerable<long> SkipChannels(UNetShape shape) => shape.BlockOutChannels
        .SelectMany((channels, level) => Enumerable.Repeat((long)channels, shape.LayersPerBlock.At(level) + (level < shape.Levels - 1 ? 1 : 0)))
        .Prepend(shape.BlockOutChannels[0]);

    /// <summary>What all blocks are told, those of the second half too.</summary>
    /// <param name="t">Time steps 0…T−1, [batch] or, the same for all, [1].</param>
    /// <param name="context">[batch, tokens, width]; null where there is none.</param>
    /// <param name="told">What a network that is told more with the time is told; null for others.</param>
    /// <param name="added">What is added to the time embedding beside that, [batch or 1, time channels]; null for nothing.</param>
    /// <param name="guidance">The guidance that networks act under which read one, [batch] or [1]; null for 1.</param>
    public UNetSignals Signals(Tensor t, Tensor? context = null, TextTime? told = null, Tensor? added = null, Tensor? guidance = null)
    {
        if (_addEmbedding?.Forward(told ?? throw new ArgumentNullException(nameof(told))) is { } own) { added = added is null ? own : added + own; }
        return new(_timeEmbedding.Forward(t, guidance, added), context?.to(_weights.Type));
    }

    /// <inheritdoc cref="TimestepEmbedding.OfGuidance"/>
    internal Tensor OfGuidance(Tensor guidance) => _timeEmbedding.OfGuidance(guidance);

    /// <param name="sample">[batch, input channels, height, width]</param>
    /// <param name="signals">What <see cref="Signals"/> gave.</param>
    /// <param name="hint">What is added to the first features, [batch or 1, channels, height, width]; null for nothing.</param>
    /// <param name="add">Adds to what a level gives, counted from the finest, in place (<see cref="DownBlock2D.Forward"/>); null for nothing.</param>
    /// <returns>The skips, the first first.</returns>
    public List<Tensor> Down(Tensor sample, UNetSignals signals, Tensor? hint = null, Action<int, Tensor>? add = null)
    {
        var x = _convIn.Forward(sample.to(_weights.Type).ChannelsLast());
        if (hint is not null) { x = x + hint; }
        var skips = new List<Tensor> { x };
        for (int level = 0; level < _downBlocks.Length; level++)
        {
            int at = level;
            skips.AddRange(_downBlocks[level].Forward(skips[^1], signals, add is null ? null : x => add(at, x)));
        }
        return skips;
    }

    /// <param name="x">The last skip.</param>
    /// <param name="signals">What <see cref="Signals"/> gave.</param>
    public Tensor Middle(Tensor x, UNetSignals signals) => _midBlock?.Forward(x, signals) ?? x.clone();
}
