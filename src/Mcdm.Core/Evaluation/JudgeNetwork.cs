using Mcdm.Layers;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Mcdm.Evaluation;

/// <summary>What a judge's network makes of pictures.</summary>
/// <param name="Features">The deepest level's mean over all positions, [batch, features].</param>
/// <param name="Attributes">Scores of each attribute's classes, one attribute after the other, [batch, classes]; null for a judge of masks alone.</param>
/// <param name="Parts">Scores of each pixel's parts, [batch, parts, height, width]; null for a judge of attributes alone, or where they are not wanted.</param>
internal sealed record JudgeOutput(Tensor Features, Tensor? Attributes, Tensor? Parts);

/// <summary>
/// A U-Net (Ronneberger et al. 2015) with two heads: the way down, averaged, tells the picture's attributes, and the way up
/// tells each pixel's part. The average is also what sets of pictures are compared by.
/// </summary>
internal sealed class JudgeNetwork : nn.Module
{
    private readonly JudgeNetworkOptions _options;
    private readonly Conv2d _stem;
    private readonly ModuleList<ModuleList<PlainBlock>> _down;
    private readonly ModuleList<Conv2d> _widen;
    private readonly LayerNorm _featureNorm;
    private readonly Linear? _attributes;
    private readonly ModuleList<ModuleList<PlainBlock>>? _up;
    private readonly ModuleList<Conv2d>? _narrow;
    private readonly LayerNorm? _partNorm;
    private readonly Conv2d? _parts;

    /// <summary>Makes a network.</summary>
    /// <param name="options">Its shape.</param>
    /// <param name="seed">Seed of the initial weights; null where they will be replaced.</param>
    public static JudgeNetwork Create(JudgeNetworkOptions options, long? seed = null) => TrainedLayers.Initialize(seed, () => new JudgeNetwork(options));

    private JudgeNetwork(JudgeNetworkOptions options) : base(nameof(JudgeNetwork))
    {
        _options = options;
        var channels = options.Channels;
        int deepest = channels.Count - 1, patchArea = options.PatchSize * options.PatchSize;
        ModuleList<ModuleList<PlainBlock>> Levels() => nn.ModuleList(Enumerable.Range(0, deepest + 1).Select(level =>
            nn.ModuleList(Enumerable.Range(0, options.Blocks[level]).Select(_ => new PlainBlock(channels[level])).ToArray())).ToArray());

        _stem = TrainedLayers.Conv3(options.ImageChannels * patchArea, channels[0]);
        _down = Levels();
        _widen = nn.ModuleList(Enumerable.Range(0, deepest).Select(level => TrainedLayers.Conv1(channels[level], channels[level + 1])).ToArray());
        _featureNorm = TrainedLayers.LayerNorm(channels[deepest]);
        if (options.AttributeClasses.Count > 0) { _attributes = nn.Linear(channels[deepest], options.AttributeClasses.Sum()); }
        if (options.Parts > 0)
        {
            _up = Levels();
            _narrow = nn.ModuleList(Enumerable.Range(0, deepest).Select(level => TrainedLayers.Conv1(channels[level + 1], channels[level])).ToArray());
            _partNorm = TrainedLayers.LayerNorm(channels[0]);
            _parts = TrainedLayers.Conv3(channels[0], options.Parts * patchArea);
        }
        RegisterComponents();
    }

    /// <summary>Where the weights are.</summary>
    public Device Device => _stem.weight!.device;

    /// <param name="pictures">Pictures in −1…1, [batch, channels, height, width].</param>
    /// <param name="parts">Whether each pixel's part is wanted, too: the way up, which is about half of the work.</param>
    /// <returns>Features and scores, float32.</returns>
    public JudgeOutput forward(Tensor pictures, bool parts = true)
    {
        using var scope = NewDisposeScope();
        var h = _stem.forward(nn.functional.pixel_unshuffle(pictures.to(_stem.weight!.dtype), _options.PatchSize).ChannelsLast());
        var skips = new Stack<Tensor>();
        for (int level = 0; level < _down.Count; level++)
        {
            if (level > 0) { h = _widen[level - 1].forward(nn.functional.avg_pool2d(h, 2)); }
            foreach (var block in _down[level])
            {
                h = block.forward(h);
                skips.Push(h);
            }
        }
        var features = nn.functional.silu(_featureNorm.OverChannels(h)).mean([2, 3]);
        return new JudgeOutput(Out(features), _attributes is null ? null : Out(_attributes.forward(features)),
            _up is null || !parts ? null : Out(Parts(h, skips)));
    }

    private Tensor Parts(Tensor h, Stack<Tensor> skips)
    {
        for (int level = _up!.Count - 1; level >= 0; level--)
        {
            foreach (var block in _up[level]) { h = block.forward(h + skips.Pop()); }
            if (level > 0) { h = nn.functional.interpolate(_narrow![level - 1].forward(h), scale_factor: [2, 2], mode: InterpolationMode.Nearest); }
        }
        return nn.functional.pixel_shuffle(_parts!.forward(nn.functional.silu(_partNorm!.OverChannels(h))), _options.PatchSize);
    }

    private static Tensor Out(Tensor x) => x.to(ScalarType.Float32).MoveToOuterDisposeScope();
}
