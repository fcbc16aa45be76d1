using Mcdm.Layers.Frozen;
using Mcdm.Layers;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Mcdm.Families.Adm;

/// <summary>
/// The U-Net of Dhariwal and Nichol 2021 (ADM, the program guided-diffusion), its upsampler, and the two of Unite and Conquer (Nair et al. 2023). Its
/// shape is read off its
/// weights, the rest said by <see cref="AdmOptions"/>. Borrows its weights.
/// </summary>
internal sealed class AdmUNet
{
    /// <summary>Groups of all normalisations.</summary>
    public const int Groups = 32;

    /// <summary>Name of a tensor that all of these networks have, and others under a prefix alone.</summary>
    public const string FirstTimeLayer = "time_embed.0.weight";

    /// <summary>What normalisations add to the variance.</summary>
    public const double Epsilon = 1e-5;

    private const int Colors = 3;

    private readonly FrozenWeights _weights;
    private readonly Linear _time1, _time2;
    private readonly Tensor? _classes;
    private readonly Convolution? _convertMaps;
    private readonly Convolution _first, _last;
    private readonly List<IAdmStage[]> _down = [], _up = [];
    private readonly IAdmStage[] _middle;
    private readonly GroupNorm _lastNorm;

    /// <param name="weights">Its weights; they stay the caller's.</param>
    /// <param name="options">What they do not show.</param>
    /// <exception cref="McdmException">A tensor is missing, has another shape, or has no place; the options do not fit.</exception>
    public AdmUNet(FrozenWeights weights, AdmOptions options)
    {
        (_weights, Options) = (weights, options);
        Shape = AdmShape.Of(weights);
        RequireFamily();
        _time1 = weights.Linear("time_embed.0", Shape.ModelChannels, Shape.TimeChannels);
        _time2 = weights.Linear("time_embed.2", Shape.TimeChannels, Shape.TimeChannels);
        if (Shape.Classes > 0) { _classes = weights.Take("label_emb.weight", Shape.Classes, Shape.TimeChannels); }
        if (Shape.MapChannels > 0) { _convertMaps = weights.Convolution("input_blocks_convert", Shape.MapChannels, Colors, 3); }
        long channels = Shape.Channels[0];
        _first = weights.Convolution("input_blocks.0.0", Shape.Input, channels, 3);
        var skips = new Stack<long>([channels]);
        for (int level = 0; level < Shape.Channels.Count; level++)
        {
            for (int i = 0; i < Shape.ResidualBlocks; i++)
            {
                AddDown(Block(channels, Shape.Channels[level], level, up: false));
                channels = Shape.Channels[level];
                skips.Push(channels);
            }
            if (level == Shape.Channels.Count - 1) { continue; }
            AddDown([at => Resampler(at, channels, AdmResampling.Down)]);
            skips.Push(channels);
        }
        _middle =
        [
            new AdmResBlock(weights.At("middle_block.0"), channels, channels, Shape),
            Attention(weights.At("middle_block.1"), channels, up: false),
            new AdmResBlock(weights.At("middle_block.2"), channels, channels, Shape),
        ];
        for (int level = Shape.Channels.Count - 1; level >= 0; level--)
        {
            for (int i = 0; i <= Shape.ResidualBlocks; i++)
            {
                long output = Shape.Channels[level];
                var parts = Block(channels + skips.Pop(), output, level, up: true);
                channels = output;
                if (level > 0 && i == Shape.ResidualBlocks) { parts.Add(at => Resampler(at, output, AdmResampling.Up)); }
                _up.Add(Build($"output_blocks.{_up.Count}", parts));
            }
        }
        _lastNorm = weights.GroupNorm("out.0", Groups, channels, Epsilon);
        _last = weights.Convolution("out.2", channels, Shape.Output, 3);
        weights.RequireAllTaken();
    }

    /// <summary>What the weights do not show.</summary>
    public AdmOptions Options { get; }

    /// <summary>What they show.</summary>
    public AdmShape Shape { get; }

    /// <summary>Where it computes.</summary>
    public Device Device => _weights.Device;

    /// <summary>What it computes in.</summary>
    public ScalarType Type => _weights.Type;

    /// <summary>Numbers that it was trained to have.</summary>
    public long Parameters => _weights.Parameters;

    /// <param name="z">z_t, [batch, 3, height, width]; both sides divisible by the shape's factor.</param>
    /// <param name="t">Time as the network is told it (<see cref="AdmOptions.Time"/>), [batch].</param>
    /// <param name="inputs">What it is given beside.</param>
    /// <exception cref="McdmException"><c>AdmInput</c>: something that the network needs was not given, or does not fit.</exception>
    public AdmPrediction Forward(Tensor z, Tensor t, AdmInputs inputs)
    {
        using var scope = NewDisposeScope();
        if (z.shape[2] % Shape.Factor != 0 || z.shape[3] % Shape.Factor != 0)
        {
            throw Unfit($"works on pictures whose sides are divisible by {Shape.Factor}, not on {z.shape[3]} × {z.shape[2]}");
        }
        var input = Input(z, inputs).to(_weights.Type).ChannelsLast();
        var signals = Signals(t, inputs);
        var h = _first.Forward(input);
        var skips = new Stack<Tensor>([h]);
        foreach (var stages in _down)
        {
            h = Run(stages, h, signals, ownsInput: false);
            skips.Push(h);
        }
        h = Run(_middle, h, signals, ownsInput: false);
        foreach (var stages in _up)
        {
            using var skip = skips.Pop();
            var both = cat([h, skip], 1);
            h.Dispose();
            h = Run(stages, both, signals, ownsInput: true);
        }
        var output = _last.Forward(functional.silu(_lastNorm.Forward(h))).to(ScalarType.Float32).contiguous();
        return new(output.narrow(1, 0, Colors).contiguous().MoveToOuterDisposeScope(),
            Shape.LearnsVariance ? output.narrow(1, Colors, Colors).contiguous().MoveToOuterDisposeScope() : null);
    }

    /// <summary>An upsampler's small pictures as large as what they become: between places in a line, at the edges the last.</summary>
    public static Tensor Enlarged(Tensor lowResolution, long height, long width) =>
        functional.interpolate(lowResolution, size: [height, width], mode: InterpolationMode.Bilinear, align_corners: false);

    private static Tensor Run(IAdmStage[] stages, Tensor x, AdmSignals signals, bool ownsInput)
    {
        var h = x;
        foreach (var stage in stages)
        {
            var next = stage.Forward(h, signals);
            if (ownsInput || !ReferenceEquals(h, x)) { h.Dispose(); }
            h = next;
        }
        return h;
    }

    private AdmSignals Signals(Tensor t, AdmInputs inputs)
    {
        var embedding = _time2.Forward(functional.silu(_time1.Forward(Sinusoids.Of(t, Shape.ModelChannels, cosinesFirst: true, 0,
            _weights.Device).to(_weights.Type))));
        if (_classes is { } classes)
        {
            if (inputs.Labels is not { } labels) { throw Unfit("draws what a class says and was given none; it has no class that means none"); }
            embedding = embedding + classes.index_select(0, labels.to(_weights.Device));
        }
        var sentence = inputs.Sentence ?? (inputs.AlwaysTold ? zeros([t.shape[0], Shape.Embedding], device: _weights.Device) : null);
        if (sentence is null || Shape.Embedding == 0) { return new(functional.silu(embedding), null, null); }
        var told = inputs.AlwaysTold ? ones([t.shape[0]], dtype: ScalarType.Bool, device: _weights.Device) : sentence.to(_weights.Device).ne(0).any(1);
        if (!told.any().item<bool>()) { return new(functional.silu(embedding), null, null); }
        if (inputs.AsPublished) { told = told.any().expand(told.shape); }
        return new(functional.silu(embedding), functional.silu(sentence.to(_weights.Device).to(_weights.Type)), told.reshape(-1, 1, 1, 1));
    }

    private Tensor Input(Tensor z, AdmInputs inputs)
    {
        var x = z.to(_weights.Device);
        switch (Options.Family)
        {
            case AdmKind.Upsampler:
                var small = inputs.LowResolution ?? throw Unfit("enlarges small pictures and was given none");
                return cat([x, Enlarged(small.to(x.device).to(x.dtype), x.shape[2], x.shape[3])], 1);
            case AdmKind.UniteFace:
                return cat([x, _convertMaps!.Forward(cat([Map(inputs.Face), Map(inputs.Hair)], 1).to(_weights.Type)).to(x.dtype)], 1);
            case AdmKind.UniteSketch:
                return cat([x, Map(inputs.Sketch)], 1);
            default:
                return x;
        }

        Tensor Map(Tensor? map) => map?.to(x.device).to(x.dtype) ?? zeros_like(x);
    }

    private List<Func<FrozenWeights, IAdmStage>> Block(long input, long output, int level, bool up)
    {
        var parts = new List<Func<FrozenWeights, IAdmStage>> { at => new AdmResBlock(at, input, output, Shape) };
        if (Shape.HasAttention[level]) { parts.Add(at => Attention(at, output, up)); }
        return parts;
    }

    private AdmAttention Attention(FrozenWeights at, long channels, bool up) => new(at, channels, Options.HeadsOf(channels, up), Options.NewAttentionOrder);

    private IAdmStage Resampler(FrozenWeights at, long channels, AdmResampling resampling) =>
        Shape.ResidualResampling ? new AdmResBlock(at, channels, channels, Shape, resampling) : new AdmResample(at, channels, resampling);

    private void AddDown(IReadOnlyList<Func<FrozenWeights, IAdmStage>> parts) => _down.Add(Build($"input_blocks.{_down.Count + 1}", parts));

    private IAdmStage[] Build(string name, IReadOnlyList<Func<FrozenWeights, IAdmStage>> parts) => parts
        .Select((part, i) => part(_weights.At($"{name}.{i}"))).ToArray();

    private void RequireFamily()
    {
        long given = Options.Family == AdmKind.Plain ? Colors : 2 * Colors, maps = Options.Family == AdmKind.UniteFace ? 2 * Colors : 0;
        if (Shape.Output is not (Colors or 2 * Colors))
        {
            throw new McdmException("AdmWeights", ErrorKind.NotSupported,
                $"This ADM U-Net gives {Shape.Output} channels; those of pictures give 3, or 6 with the variance.");
        }
        if (Shape.Input != given || Shape.MapChannels != maps)
        {
            throw new McdmException("AdmKind", ErrorKind.InvalidData,
                $"This ADM U-Net takes {Shape.Input} channels{(Shape.MapChannels > 0 ? $" and {Shape.MapChannels} of maps" : "")}, but one of the kind "
                + $"{Options.Family} takes {given}{(maps > 0 ? $" and {maps} of maps" : "")}; give the preset that it is of.");
        }
    }

    private static McdmException Unfit(string problem) => new("AdmInput", ErrorKind.InvalidArgument, $"This model {problem}.");
}
