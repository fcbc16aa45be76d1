using Mcdm.Families.Own.Networks;
using Mcdm.Layers;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Mcdm.Benchmarks.Baselines;

/// <summary>Shape of the product-of-experts VAE's networks.</summary>
internal sealed record VaeOptions
{
    /// <summary>Numbers of the latent z.</summary>
    public int Latent { get; init; } = 128;

    /// <summary>Channels of the picture's encoder and decoder, from half the picture's resolution down, each level half of the one before.</summary>
    public IReadOnlyList<int> PictureChannels { get; init; } = [32, 64, 128, 192];

    /// <summary>The same of the sketch's and the mask's.</summary>
    public IReadOnlyList<int> MapChannels { get; init; } = [16, 32, 64, 96];

    /// <summary>Channels of the encoded mask: the parts and "unknown".</summary>
    public required int SegmentChannels { get; init; }

    /// <summary>The text encoder.</summary>
    public required TextEncoderOptions Text { get; init; }
}

/// <summary>Independent Gaussians over the latent, float32.</summary>
/// <param name="Mean">[batch, latent]</param>
/// <param name="Precision">Inverse variances, [batch, latent].</param>
internal sealed record LatentGaussian(Tensor Mean, Tensor Precision)
{
    /// <summary>The normalised product of experts and the prior N(0, 1), in closed form.</summary>
    /// <param name="experts">Any number of experts over the same batch, at least one.</param>
    public static LatentGaussian Product(params IReadOnlyList<LatentGaussian> experts)
    {
        var precision = experts.Aggregate(ones_like(experts[0].Mean), (sum, expert) => sum + expert.Precision);
        var weighted = experts.Aggregate(zeros_like(experts[0].Mean), (sum, expert) => sum + expert.Precision * expert.Mean);
        return new LatentGaussian(weighted / precision, precision);
    }

    /// <summary>A draw, [batch, latent].</summary>
    /// <param name="noise">Standard normal, [batch, latent].</param>
    public Tensor Sample(Tensor noise) => Mean + noise * Precision.rsqrt();

    /// <summary>KL divergence from the prior in nats, [batch].</summary>
    public Tensor Divergence() => 0.5 * (Mean.square() + 1 / Precision + Precision.log() - 1).sum(1);
}

/// <summary>
/// MVAE (Wu and Goodman 2018): an encoder from the picture and from each label to a Gaussian expert over the latent, and a decoder
/// from the latent back to each of them.
/// </summary>
internal sealed class VaeNetwork : nn.Module
{
    /// <summary>Side of the deepest level's maps: pictures are 64 pixels wide.</summary>
    private const int Side = 4;

    private readonly Encoder _picture, _sketch, _segment;
    private readonly TextEncoder _text;
    private readonly Linear _textLatent;
    private readonly Decoder _toPicture, _toSketch, _toSegment;
    private readonly Linear _toWords, _words;

    /// <summary>Makes a network.</summary>
    /// <param name="options">Its shape.</param>
    /// <param name="seed">Seed of the initial weights; null where they will be replaced.</param>
    public static VaeNetwork Create(VaeOptions options, long? seed = null) => TrainedLayers.Initialize(seed, () => new VaeNetwork(options));

    private VaeNetwork(VaeOptions options) : base(nameof(VaeNetwork))
    {
        _picture = new Encoder(3, options.PictureChannels, options.Latent);
        _sketch = new Encoder(1, options.MapChannels, options.Latent);
        _segment = new Encoder(options.SegmentChannels, options.MapChannels, options.Latent);
        _text = new TextEncoder(options.Text);
        _textLatent = nn.Linear(options.Text.Channels, 2 * options.Latent);
        _toPicture = new Decoder(3, options.PictureChannels, options.Latent);
        _toSketch = new Decoder(1, options.MapChannels, options.Latent);
        _toSegment = new Decoder(options.SegmentChannels - 1, options.MapChannels, options.Latent);
        _toWords = nn.Linear(options.Latent, 256);
        _words = nn.Linear(256, options.Text.VocabularySize);
        RegisterComponents();
    }

    private ScalarType Precision => _textLatent.weight!.dtype;

    /// <param name="pictures">Values −1…1, [batch, 3, 64, 64].</param>
    public LatentGaussian EncodePicture(Tensor pictures) => Expert(_picture.forward(pictures.to(Precision)));

    /// <param name="lines">1 on lines, [batch, 1, 64, 64].</param>
    public LatentGaussian EncodeSketch(Tensor lines) => Expert(_sketch.forward(lines.to(Precision)));

    /// <param name="mask">Parts and unknown, [batch, parts + 1, 64, 64].</param>
    public LatentGaussian EncodeSegment(Tensor mask) => Expert(_segment.forward(mask.to(Precision)));

    /// <param name="tokens">Token numbers, [batch, tokens].</param>
    public LatentGaussian EncodeText(Tensor tokens) => Expert(_textLatent.forward(_text.forward(tokens).Summary));

    /// <summary>The mean of the picture, float32 [batch, 3, 64, 64].</summary>
    public Tensor DecodePicture(Tensor z) => _toPicture.forward(z.to(Precision)).to(ScalarType.Float32);

    /// <summary>Log-odds of a line at each pixel, float32 [batch, 1, 64, 64].</summary>
    public Tensor DecodeSketch(Tensor z) => _toSketch.forward(z.to(Precision)).to(ScalarType.Float32);

    /// <summary>Scores of each pixel's parts, float32 [batch, parts, 64, 64].</summary>
    public Tensor DecodeSegment(Tensor z) => _toSegment.forward(z.to(Precision)).to(ScalarType.Float32);

    /// <summary>Log-odds that a piece of the vocabulary is in the sentence, float32 [batch, vocabulary].</summary>
    public Tensor DecodeWords(Tensor z) => _words.forward(nn.functional.silu(_toWords.forward(z.to(Precision)))).to(ScalarType.Float32);

    /// <summary>Log-precisions stay within ±8, where float32 has no trouble with them.</summary>
    private static LatentGaussian Expert(Tensor output)
    {
        var halves = output.to(ScalarType.Float32).chunk(2, 1);
        return new LatentGaussian(halves[0], (8 * (halves[1] / 8).tanh()).exp());
    }

    /// <summary>From a map to a vector, each level half the resolution of the one before.</summary>
    private sealed class Encoder : nn.Module<Tensor, Tensor>
    {
        private readonly Conv2d _stem;
        private readonly ModuleList<PlainBlock> _blocks;
        private readonly ModuleList<Conv2d> _widen;
        private readonly LayerNorm _norm;
        private readonly Linear _latent;

        public Encoder(int inputs, IReadOnlyList<int> channels, int latent) : base(nameof(Encoder))
        {
            _stem = TrainedLayers.Conv3(4 * inputs, channels[0]);
            _blocks = nn.ModuleList(channels.Select(c => new PlainBlock(c)).ToArray());
            _widen = nn.ModuleList(channels.Zip(channels.Skip(1), TrainedLayers.Conv1).ToArray());
            _norm = TrainedLayers.LayerNorm(channels[^1]);
            _latent = nn.Linear(channels[^1] * Side * Side, 2 * latent);
            RegisterComponents();
        }

        public override Tensor forward(Tensor x)
        {
            var h = _blocks[0].forward(_stem.forward(nn.functional.pixel_unshuffle(x, 2).ChannelsLast()));
            for (int level = 1; level < _blocks.Count; level++)
            {
                h = _blocks[level].forward(_widen[level - 1].forward(nn.functional.avg_pool2d(h, 2)));
            }
            return _latent.forward(nn.functional.silu(_norm.OverChannels(h)).flatten(1));
        }
    }

    /// <summary>From the latent to a map, each level twice the resolution of the one before.</summary>
    private sealed class Decoder : nn.Module<Tensor, Tensor>
    {
        private readonly Linear _latent;
        private readonly ModuleList<PlainBlock> _blocks;
        private readonly ModuleList<Conv2d> _narrow;
        private readonly LayerNorm _norm;
        private readonly Conv2d _output;
        private readonly int _deepest;

        public Decoder(int outputs, IReadOnlyList<int> channels, int latent) : base(nameof(Decoder))
        {
            _deepest = channels[^1];
            _latent = nn.Linear(latent, _deepest * Side * Side);
            _blocks = nn.ModuleList(channels.Select(c => new PlainBlock(c)).ToArray());
            _narrow = nn.ModuleList(channels.Skip(1).Zip(channels, TrainedLayers.Conv1).ToArray());
            _norm = TrainedLayers.LayerNorm(channels[0]);
            _output = TrainedLayers.Conv3(channels[0], 4 * outputs);
            RegisterComponents();
        }

        public override Tensor forward(Tensor z)
        {
            var h = _latent.forward(z).reshape(-1, _deepest, Side, Side).ChannelsLast();
            for (int level = _blocks.Count - 1; level >= 0; level--)
            {
                h = _blocks[level].forward(h);
                if (level > 0) { h = nn.functional.interpolate(_narrow[level - 1].forward(h), scale_factor: [2, 2], mode: InterpolationMode.Nearest); }
            }
            return nn.functional.pixel_shuffle(_output.forward(nn.functional.silu(_norm.OverChannels(h))), 2);
        }
    }
}
