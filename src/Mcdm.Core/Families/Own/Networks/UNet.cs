using Mcdm.Layers;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Mcdm.Families.Own.Networks;

/// <summary>
/// The one network family of all experts: a U-Net (Ronneberger et al. 2015; Ho et al. 2020) on pixel-unshuffled pictures.
/// Skips are added rather than concatenated, which halves the cost of the way up. A condition map is concatenated to z_t;
/// a sentence enters through cross-attention and the time embedding.
/// </summary>
internal sealed class UNet : nn.Module
{
    private readonly UNetOptions _options;
    private readonly TimeEmbedding _time;
    private readonly TextEncoder? _text;
    private readonly Linear? _textSummary;
    private readonly Conv2d _stem, _output;
    private readonly Conv2d? _condition;
    private readonly LayerNorm _outputNorm;
    private readonly ModuleList<ModuleList<Stage>> _down, _up;
    private readonly Stage _middle;
    private readonly ModuleList<Conv2d> _widen, _narrow;

    /// <summary>Names of the weights that belong to numbered tokens and parts.</summary>
    internal const string TokenEmbedding = "text.token.weight", ConditionKernel = "condition.weight";

    /// <summary>Makes a network.</summary>
    /// <param name="options">Its shape.</param>
    /// <param name="seed">Seed of the initial weights; null where they will be replaced.</param>
    public static UNet Create(UNetOptions options, long? seed = null) => TrainedLayers.Initialize(seed, () => new UNet(options));

    private UNet(UNetOptions options) : base(nameof(UNet))
    {
        _options = options;
        var channels = options.Channels;
        int deepest = channels.Count - 1, mapPatch = options.PatchSize * options.MapFactor;
        int pictureChannels = options.ImageChannels * options.PatchSize * options.PatchSize;

        _time = new TimeEmbedding(channels[0], options.TimeChannels);
        if (options.Text is { } text)
        {
            _text = new TextEncoder(text);
            _textSummary = nn.Linear(text.Channels, options.TimeChannels).Zero();
        }
        _stem = TrainedLayers.Conv3(pictureChannels, channels[0]);
        // Concatenating the map to z_t and convolving both is the same as adding a convolution of the map.
        _condition = options.ConditionChannels == 0
            ? null
            : TrainedLayers.Conv3(options.ConditionChannels * mapPatch * mapPatch, channels[0]).Zero();

        ModuleList<Stage> Stages(int level) => nn.ModuleList(
            Enumerable.Range(0, options.Blocks[level]).Select(_ => new Stage(options, level)).ToArray());
        _down = nn.ModuleList(Enumerable.Range(0, deepest + 1).Select(Stages).ToArray());
        _middle = new Stage(options, deepest);
        _up = nn.ModuleList(Enumerable.Range(0, deepest + 1).Select(Stages).ToArray());
        _widen = nn.ModuleList(Enumerable.Range(0, deepest).Select(level => TrainedLayers.Conv1(channels[level], channels[level + 1])).ToArray());
        _narrow = nn.ModuleList(Enumerable.Range(0, deepest).Select(level => TrainedLayers.Conv1(channels[level + 1], channels[level])).ToArray());
        _outputNorm = TrainedLayers.LayerNorm(channels[0]);
        _output = TrainedLayers.Conv3(channels[0], pictureChannels).Zero();
        RegisterComponents();
    }

    /// <summary>Where the weights are.</summary>
    public Device Device => _stem.weight!.device;

    /// <summary>The arithmetic it computes in.</summary>
    public ScalarType Precision => _stem.weight!.dtype;

    /// <summary>Predicts from a condition as its encoder gave it: tokens or a map, with batch dimension 1 or z's.</summary>
    public Tensor Predict(Tensor z, Tensor t, Tensor? condition)
    {
        using var scope = NewDisposeScope();
        if ((_text is not null || _condition is not null) && condition is null)
        {
            throw new ArgumentNullException(nameof(condition), "The network needs a condition.");
        }
        return (_text is not null ? forward(z, t, text: Expand(Encode(condition!), z.shape[0]))
            : _condition is not null ? forward(z, t, map: Expand(condition!, z.shape[0]))
            : forward(z, t)).MoveToOuterDisposeScope();
    }

    private static Tensor Expand(Tensor x, long batch) => x.shape[0] == batch ? x : x.expand([batch, .. x.shape[1..]]);

    private static TextFeatures Expand(TextFeatures x, long batch) =>
        new(Expand(x.Tokens, batch), Expand(x.Mask, batch), Expand(x.Summary, batch));

    /// <summary>What a sentence becomes before the first step; the same at every step.</summary>
    /// <param name="tokens">Token numbers, [batch, tokens].</param>
    public TextFeatures Encode(Tensor tokens) =>
        (_text ?? throw new InvalidOperationException("This expert reads no text.")).forward(tokens);

    /// <summary>What a sentence adds to the time embedding, [batch, TimeChannels].</summary>
    public Tensor Summarize(TextFeatures text) => _textSummary!.forward(text.Summary);

    /// <summary>What a condition map adds to the stem's output, [batch, channels, height, width] of the first level.</summary>
    /// <param name="map">[batch, ConditionChannels, height × MapFactor, width × MapFactor]</param>
    public Tensor ReadMap(Tensor map) => _condition!.forward(Unshuffle(map, _options.PatchSize * _options.MapFactor));

    /// <summary>The time embedding before its non-linearity, [batch, TimeChannels].</summary>
    /// <param name="t">Time steps, [batch].</param>
    public Tensor EmbedTime(Tensor t) => _time.forward(t);

    /// <param name="z">Noisy pictures z_t, [batch, channels, height, width].</param>
    /// <param name="t">Time steps, [batch].</param>
    /// <param name="map">Condition map, [batch, ConditionChannels, height × MapFactor, width × MapFactor]; null for experts without one.</param>
    /// <param name="text">The encoded sentences; null for experts that read none.</param>
    /// <returns>The prediction (ε, v or z_0, as trained), of z's shape.</returns>
    public Tensor forward(Tensor z, Tensor t, Tensor? map = null, TextFeatures? text = null)
    {
        using var scope = NewDisposeScope();
        var time = EmbedTime(t);
        if (text is not null) { time = time + Summarize(text); }
        time = nn.functional.silu(time);

        var h = _stem.forward(Unshuffle(z, _options.PatchSize));
        if (_condition is not null) { h = h + ReadMap(map!); }
        var skips = new Stack<Tensor>();
        for (int level = 0; level < _down.Count; level++)
        {
            if (level > 0) { h = _widen[level - 1].forward(nn.functional.avg_pool2d(h, 2)); }
            foreach (var stage in _down[level])
            {
                h = stage.forward(h, time, text);
                skips.Push(h);
            }
        }
        h = _middle.forward(h, time, text);
        for (int level = _up.Count - 1; level >= 0; level--)
        {
            foreach (var stage in _up[level]) { h = stage.forward(h + skips.Pop(), time, text); }
            if (level > 0) { h = nn.functional.interpolate(_narrow[level - 1].forward(h), scale_factor: [2, 2], mode: InterpolationMode.Nearest); }
        }
        h = _output.forward(nn.functional.silu(_outputNorm.OverChannels(h)));
        return nn.functional.pixel_shuffle(h, _options.PatchSize).contiguous().MoveToOuterDisposeScope();
    }

    private Tensor Unshuffle(Tensor x, int patch) =>
        nn.functional.pixel_unshuffle(x.to(_stem.weight.dtype), patch).ChannelsLast();

    /// <summary>One residual block with, where its level has them, self-attention and cross-attention.</summary>
    private sealed class Stage : nn.Module
    {
        private readonly ResidualBlock _block;
        private readonly Attention? _self, _cross;

        public Stage(UNetOptions options, int level) : base(nameof(Stage))
        {
            int channels = options.Channels[level];
            _block = new ResidualBlock(channels, options.TimeChannels);
            _self = options.AttentionLevels.Contains(level) ? new Attention(channels, null, options.HeadChannels) : null;
            _cross = options.HasCrossAttention(level) ? new Attention(channels, options.Text!.Channels, options.HeadChannels) : null;
            RegisterComponents();
        }

        public Tensor forward(Tensor x, Tensor time, TextFeatures? text)
        {
            using var scope = NewDisposeScope();
            x = _block.forward(x, time);
            if (_self is not null) { x = _self.forward(x); }
            if (_cross is not null) { x = _cross.forward(x, text!.Tokens, text.Mask); }
            return x.MoveToOuterDisposeScope();
        }
    }
}
