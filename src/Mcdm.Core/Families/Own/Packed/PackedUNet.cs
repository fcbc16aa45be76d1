using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Mcdm.Diffusion.Process;
using Mcdm.Experts;
using Mcdm.Families.Own.Experts;
using Mcdm.Families.Own.Networks;
using Mcdm.Layers;
using Mcdm.Layers.Frozen;
using Mcdm.Runtime;
using Mcdm.Weights;
using static TorchSharp.torch;

namespace Mcdm.Families.Own.Packed;

/// <summary>
/// A <see cref="UNet"/> as processors evaluate it fastest, in bfloat16 or float32. Weights of convolutions are packed once, where libtorch does it at every
/// call; the whole pass is one call of a script; what depends on t alone is computed once for each t, and what depends on a condition alone once for each
/// condition. It predicts what the network does, within the rounding of its arithmetic.
/// </summary>
internal sealed class PackedUNet : IDenoiser, IDisposable
{
    /// <summary>
    /// Side in positions of the first level for which convolutions are packed. Other sizes and numbers of rows take the same packing as well.
    /// </summary>
    private const int PackedSide = 32;

    private readonly UNet _network;
    private readonly UNetOptions _options;
    private readonly PackedUNetScript _script;
    private readonly jit.ScriptModule _module;
    private readonly IReadOnlyDictionary<string, Tensor> _weights;
    private readonly ConcurrentDictionary<long, Tensor[]> _times = new();
    private readonly object _gate = new();
    private bool _released;

    /// <summary>Every block's modulation as one linear layer, [Σ 2·channels, time], and 1 where a scale is, which the network adds.</summary>
    private readonly Tensor _modulation, _modulationBias, _ones;

    /// <summary>What the script reads, in its order.</summary>
    private readonly Tensor[] _packed;

    /// <summary>Channels of each scale and shift.</summary>
    private readonly long[] _widths;

    private PackedUNet(UNet network, UNetOptions options)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        (_network, _options, _script) = (network, options, new PackedUNetScript(options, network.Precision));
        _module = s_modules.GetOrAdd(_script.Code, code => new(() => ScriptArchive.Load(PackedUNetScript.Name, code))).Value;
        _weights = ModuleWeights.Of(network).ToDictionary(weight => weight.Name, weight => weight.Tensor);
        // A block's modulation is its scale and its shift, one after the other.
        _widths = _script.Blocks.SelectMany(block => Enumerable.Repeat(_weights[$"{block}.modulation.bias"].shape[0] / 2, 2)).ToArray();
        _modulation = cat(_script.Blocks.Select(block => _weights[$"{block}.modulation.weight"]).ToArray()).DetachFromDisposeScope();
        _modulationBias = cat(_script.Blocks.Select(block => _weights[$"{block}.modulation.bias"]).ToArray()).DetachFromDisposeScope();
        _ones = cat(_widths.Select((width, i) => full([width], i % 2 == 0 ? 1 : 0, _modulation.dtype)).ToArray()).DetachFromDisposeScope();
        _packed = _script.Weights.Select(weight => Pack(weight).DetachFromDisposeScope()).ToArray();
    }

    /// <summary>Scripts by their text: networks of one shape share theirs.</summary>
    private static readonly ConcurrentDictionary<string, Lazy<jit.ScriptModule>> s_modules = new();

    /// <summary>Whether this libtorch packs convolutions, as a first try told; null before it.</summary>
    private static bool? s_works;

    /// <summary>Why a network has no fast form, as a clause; null where nothing is known to be in its way.</summary>
    public static string? Obstacle(UNet network) =>
        PackedOperators.Obstacle(network.Device, network.Precision) ?? (s_works == false ? "this libtorch has no packed convolutions" : null);

    /// <summary>The fast form of a network; null where there is an <see cref="Obstacle"/>.</summary>
    public static PackedUNet? TryCreate(UNet network, UNetOptions options)
    {
        if (Obstacle(network) is not null) { return null; }
        try
        {
            var form = new PackedUNet(network, options);
            s_works = true;
            return form;
        }
        catch (ExternalException)
        {
            s_works = false;
            return null;
        }
    }

    /// <summary>Frees the weights that were packed, which the network then is without until <see cref="Restore"/>.</summary>
    public void ReleasePacked()
    {
        using var noGradient = no_grad();
        using var nothing = empty(0, _network.Precision);
        lock (_gate)
        {
            if (_released) { return; }
            foreach (var (weight, _) in Packings()) { weight.set_(nothing); }
            _released = true;
        }
    }

    /// <inheritdoc/>
    public void Restore()
    {
        using var noGradient = no_grad();
        lock (_gate)
        {
            if (!_released) { return; }
            foreach (var (weight, packed) in Packings())
            {
                using var scope = NewDisposeScope();
                weight.set_(packed.to_dense().ChannelsLast());
            }
            _released = false;
        }
    }

    /// <summary>The network's weights that were packed, and what they became.</summary>
    private IEnumerable<(Tensor Weight, Tensor Packed)> Packings() => _script.Weights.Zip(_packed).Where(pair => pair.First.Replaces)
        .Select(pair => (pair.First.Of(_weights), pair.Second));

    /// <inheritdoc/>
    public ExpertInputs Prepare(ExpertInputs inputs)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var condition = ((UNetInputs)inputs).Condition;
        var prepared = _options.Text is not { } text ? new PackedInputs { Map = _network.ReadMap(condition) }
            : Sentence(nn.functional.pad(condition, [0, text.MaxTokens - condition.shape[1]]));
        return prepared.MoveToOuterDisposeScope();
    }

    private PackedInputs Sentence(Tensor tokens)
    {
        var features = _network.Encode(tokens);
        return new()
        {
            Summary = _network.Summarize(features),
            Padding = zeros(features.Mask.shape, dtype: _network.Precision).masked_fill(features.Mask.logical_not(), double.NegativeInfinity),
            KeysAndValues = _script.Contexts.SelectMany(name => KeysAndValues(features.Tokens, _weights[$"{name}.keyValue.weight"])).ToList(),
        };
    }

    private IEnumerable<Tensor> KeysAndValues(Tensor tokens, Tensor projection)
    {
        long channels = projection.shape[0] / 2;
        int heads = Attention.HeadsOf((int)channels, _options.HeadChannels);
        var both = nn.functional.linear(tokens, projection).reshape(tokens.shape[0], tokens.shape[1], 2, heads, channels / heads);
        return [both.select(2, 0).permute(0, 2, 3, 1).contiguous(), both.select(2, 1).transpose(1, 2).contiguous()];
    }

    /// <inheritdoc/>
    public Tensor Predict(Tensor z, NoiseLevel level, ExpertInputs? inputs)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        Tensor[] read = ((PackedInputs?)inputs)?.InOrder ?? [];
        var byTime = _times.GetOrAdd(level.Nearest, ByTimeAlone);
        var modulations = _options.Text is null ? byTime : Modulations(byTime[0] + read[0]);
        ScriptOptimization.TurnOff();
        return ((Tensor)_module.invoke("forward", z, modulations, read, _packed)).MoveToOuterDisposeScope();
    }

    /// <summary>The modulations, or with a sentence, which they depend on too, the time embedding before its non-linearity, [1, time].</summary>
    private Tensor[] ByTimeAlone(long t)
    {
        using var scope = NewDisposeScope();
        var time = _network.EmbedTime(full([1], t, ScalarType.Int64));
        return Array.ConvertAll(_options.Text is null ? Modulations(time) : [time], tensor => tensor.DetachFromDisposeScope());
    }

    /// <summary>
    /// Scale and shift of every block by the time embedding, [rows, time]; without a sentence, what they make of the block's second norm. With one they
    /// stay apart for a
    /// single row too: a picture is the same whatever sentences are in its batch.
    /// </summary>
    private Tensor[] Modulations(Tensor time)
    {
        var all = (nn.functional.linear(nn.functional.silu(time), _modulation, _modulationBias) + _ones).unsqueeze(-1).unsqueeze(-1).split(_widths, 1);
        return _options.Text is not null ? all : _script.Blocks.SelectMany((block, i) =>
        {
            var (scale, shift) = (all[2 * i].flatten(), all[2 * i + 1].flatten());
            return new[] { _weights[$"{block}.norm2.weight"] * scale, addcmul(shift, _weights[$"{block}.norm2.bias"], scale, 1) };
        }).ToArray();
    }

    private Tensor Pack(PackedWeight weight) => weight.Level is not { } level ? weight.Of(_weights).alias()
        : (Tensor)_module.invoke("pack", weight.Of(_weights), Math.Max(1, (long)PackedSide >> level));

    /// <summary>Disposes of what was packed; the network stays.</summary>
    public void Dispose()
    {
        foreach (var tensor in _times.Values.SelectMany(tensors => tensors).Concat(_packed).Append(_modulation).Append(_modulationBias).Append(_ones))
        {
            tensor.Dispose();
        }
    }
}
