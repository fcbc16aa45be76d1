using System.Globalization;
using System.Text;
using Mcdm.Families.Own.Networks;
using Mcdm.Layers;
using static TorchSharp.torch;

namespace Mcdm.Families.Own.Packed;

/// <summary>
/// The text of a <see cref="UNet"/>'s forward pass as one TorchScript function, and the list of weights that it reads. Convolutions take weights that
/// were packed
/// before; attention over the few positions of a deep level is written out.
/// </summary>
internal sealed class PackedUNetScript
{
    /// <summary>Name of the class in the script.</summary>
    public const string Name = "PackedUNet";

    private const string Functions = """
        def normalized(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
          return torch.layer_norm(torch.permute(x, [0, 2, 3, 1]), [torch.size(x, 1)], w, b, 1.0000000000000001e-05)
        def silu(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
          return torch.permute(torch.silu_(__torch__.normalized(x, w, b)), [0, 3, 1, 2])
        def convolution(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
          return ops.mkldnn._convolution_pointwise(x, w, b, [1, 1], [1, 1], [1, 1], 1, "none", annotate(List[Optional[number]], []), None)
        def product(x: Tensor, w: Tensor, b: Optional[Tensor]) -> Tensor:
          return ops.mkldnn._linear_pointwise(x, w, b, "none", annotate(List[Optional[number]], []), "")
        def pointwise(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
          return torch.permute(__torch__.product(torch.permute(x, [0, 2, 3, 1]), w, b), [0, 3, 1, 2])
        def block(x: Tensor, scale: Tensor, shift: Tensor, w: List[Tensor], i: int) -> Tensor:
          h = __torch__.convolution(__torch__.silu(x, w[i], w[i + 1]), w[i + 2], w[i + 3])
          if torch.eq(torch.dim(scale), 1):
            modulated = __torch__.silu(h, scale, shift)
          else:
            n = torch.permute(__torch__.normalized(h, w[i + 6], w[i + 7]), [0, 3, 1, 2])
            modulated = torch.silu_(torch.addcmul(shift, n, scale))
          return torch.add_(__torch__.convolution(modulated, w[i + 4], w[i + 5]), x)
        def merged(x: Tensor, a: Tensor, w: Tensor, b: Tensor) -> Tensor:
          rows = torch.permute(x, [0, 2, 3, 1])
          read = torch.reshape(torch.transpose(a, 1, 2), torch.size(rows))
          return torch.permute(ops.mkldnn._linear_pointwise(read, rows, w, b, "add"), [0, 3, 1, 2])
        def attention(x: Tensor, w: List[Tensor], i: int, heads: int) -> Tensor:
          size = torch.size(x)
          p = __torch__.product(__torch__.normalized(x, w[i], w[i + 1]), w[i + 2], None)
          q, k, v = torch.unbind(torch.contiguous(torch.permute(torch.reshape(p, [size[0], -1, 3, heads, size[1] // heads]), [2, 0, 3, 1, 4])))
          return __torch__.merged(x, torch.matmul(torch.softmax(torch.matmul(q, torch.transpose(k, 2, 3)), -1), v), w[i + 3], w[i + 4])
        def context(x: Tensor, keys: Tensor, values: Tensor, bias: Tensor, w: List[Tensor], i: int, heads: int) -> Tensor:
          size = torch.size(x)
          q = torch.reshape(__torch__.product(__torch__.normalized(x, w[i], w[i + 1]), w[i + 2], None), [size[0], -1, heads, size[1] // heads])
          scores = torch.add(torch.matmul(torch.transpose(q, 1, 2), keys), bias)
          return __torch__.merged(x, torch.matmul(torch.softmax(scores, -1), values), w[i + 3], w[i + 4])

        """;

    private readonly UNetOptions _options;
    private readonly int _precision;
    private readonly StringBuilder _forward = new();
    private readonly List<PackedWeight> _weights = [];
    private readonly List<string> _blocks = [], _contexts = [];

    /// <param name="options">Shape of the network.</param>
    /// <param name="precision">Its arithmetic.</param>
    public PackedUNetScript(UNetOptions options, ScalarType precision)
    {
        (_options, _precision) = (options, (int)precision);
        Forward();
        Code = $"""
            class {Name}(Module):
              __parameters__ = []
              __buffers__ = []
              training : bool
              def pack(self: __torch__.{Name}, w: Tensor, side: int) -> Tensor:
                if torch.eq(torch.dim(w), 2):
                  packed = ops.mkldnn._reorder_linear_weight(w, side * side)
                else:
                  packed = ops.mkldnn._reorder_convolution_weight(w, [1, 1], [1, 1], [1, 1], 1, [1, torch.size(w, 1), side, side])
                return packed
              def forward(self: __torch__.{Name}, z: Tensor, m: List[Tensor], c: List[Tensor], w: List[Tensor]) -> Tensor:
            {_forward}
            """ + Functions;
    }

    /// <summary>The script: <c>pack</c>(weight, side) and <c>forward</c>(z, modulations, condition, weights).</summary>
    public string Code { get; }

    /// <summary>What <c>forward</c> reads, in the order of its list.</summary>
    public IReadOnlyList<PackedWeight> Weights => _weights;

    /// <summary>Names of the residual blocks in the order of their modulations: two tensors each, scale and shift, [rows, channels, 1, 1]; or,
    /// where they are the same for all rows, what the second norm's weight and bias become by them, [channels].</summary>
    public IReadOnlyList<string> Blocks => _blocks;

    /// <summary>Names of the layers that attend to a sentence, in the order of their keys and values, which follow the sentence's own two tensors.</summary>
    public IReadOnlyList<string> Contexts => _contexts;

    private void Forward()
    {
        var channels = _options.Channels;
        int patch = _options.PatchSize, skips = 0;
        Line(Invariant($"x = torch.to({(patch == 1 ? "z" : Invariant($"torch.pixel_unshuffle(z, {patch})"))}, {_precision})"));
        Line("x0 = torch.permute(torch.contiguous(torch.permute(x, [0, 2, 3, 1])), [0, 3, 1, 2])");
        Line($"h = {Convolution("stem", 0, "x0")}");
        if (_options.Text is null)
        {
            Line("if torch.gt(torch.len(c), 0):");
            Line("  h = torch.add(h, c[0])");
        }
        for (int level = 0; level < channels.Count; level++)
        {
            if (level > 0) { Line($"h = {Pointwise($"widen.{level - 1}", level, "torch.avg_pool2d(h, [2, 2], [2, 2])")}"); }
            for (int i = 0; i < _options.Blocks[level]; i++)
            {
                Stage($"down.{level}.{i}", level);
                Line(Invariant($"s{skips++} = h"));
            }
        }
        Stage("middle", channels.Count - 1);
        for (int level = channels.Count - 1; level >= 0; level--)
        {
            for (int i = 0; i < _options.Blocks[level]; i++)
            {
                Line(Invariant($"h = torch.add(h, s{--skips})"));
                Stage($"up.{level}.{i}", level);
            }
            if (level > 0)
            {
                Line($"h = {Pointwise($"narrow.{level - 1}", level, "h")}");
                Line("h = torch.upsample_nearest2d(h, [torch.size(h, 2) * 2, torch.size(h, 3) * 2], None, None)");
            }
        }
        int norm = Plain("outputNorm.weight", "outputNorm.bias");
        Line($"y = torch.to({Convolution("output", 0, Invariant($"__torch__.silu(h, w[{norm}], w[{norm + 1}])"))}, 6)");
        Line(patch == 1 ? "return torch.contiguous(y)" : Invariant($"return torch.contiguous(torch.pixel_shuffle(y, {patch}))"));
    }

    private void Stage(string name, int level)
    {
        int block = _blocks.Count;
        _blocks.Add($"{name}.block");
        int first = Plain($"{name}.block.norm1.weight", $"{name}.block.norm1.bias");
        Convolved($"{name}.block.conv1", level);
        Convolved($"{name}.block.conv2", level);
        Plain($"{name}.block.norm2.weight", $"{name}.block.norm2.bias");
        Line(Invariant($"h = __torch__.block(h, m[{2 * block}], m[{2 * block + 1}], w, {first})"));
        int heads = Attention.HeadsOf(_options.Channels[level], _options.HeadChannels);
        if (_options.AttentionLevels.Contains(level))
        {
            first = Attends($"{name}.self", level,
                weights => cat([Scaled(weights[$"{name}.self.query.weight"], heads), weights[$"{name}.self.keyValue.weight"]]));
            Line(Invariant($"h = __torch__.attention(h, w, {first}, {heads})"));
        }
        if (_options.HasCrossAttention(level))
        {
            int keys = 2 + 2 * _contexts.Count;
            _contexts.Add($"{name}.cross");
            first = Attends($"{name}.cross", level, weights => Scaled(weights[$"{name}.cross.query.weight"], heads));
            Line(Invariant($"h = __torch__.context(h, c[{keys}], c[{keys + 1}], c[1], w, {first}, {heads})"));
        }
    }

    private int Attends(string name, int level, Func<IReadOnlyDictionary<string, Tensor>, Tensor> projection)
    {
        int first = Plain($"{name}.norm.weight", $"{name}.norm.bias");
        _weights.Add(new PackedWeight(projection, level));
        _weights.Add(new PackedWeight(weights => weights[$"{name}.output.weight"], level));
        Plain($"{name}.output.bias");
        return first;
    }

    /// <summary>A query's projection divided by √d, so that products of queries and keys need not be.</summary>
    private static Tensor Scaled(Tensor query, int heads) => query / Math.Sqrt(query.shape[0] / heads);

    private string Convolution(string name, int level, string input)
    {
        int first = Convolved(name, level);
        return Invariant($"__torch__.convolution({input}, w[{first}], w[{first + 1}])");
    }

    private int Convolved(string name, int level)
    {
        _weights.Add(new PackedWeight(weights => weights[$"{name}.weight"], level, Replaces: true));
        return Plain($"{name}.bias") - 1;
    }

    /// <summary>A 1×1 convolution as a matrix product: a packed convolution is fast for the number of rows alone that it was packed for.</summary>
    private string Pointwise(string name, int level, string input)
    {
        _weights.Add(new PackedWeight(weights => weights[$"{name}.weight"].flatten(1), level));
        int bias = Plain($"{name}.bias");
        return Invariant($"__torch__.pointwise({input}, w[{bias - 1}], w[{bias}])");
    }

    private int Plain(params string[] names)
    {
        _weights.AddRange(names.Select(name => new PackedWeight(weights => weights[name])));
        return _weights.Count - names.Length;
    }

    private void Line(string line) => _forward.Append("    ").Append(line).Append('\n');

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

/// <summary>One of the weights that the script reads.</summary>
/// <param name="Of">It, of the network's weights by name.</param>
/// <param name="Level">Of one that is to be packed: how often its input is halved. Null for all others.</param>
/// <param name="Replaces">Whether the network needs its own no more once it is packed.</param>
internal sealed record PackedWeight(Func<IReadOnlyDictionary<string, Tensor>, Tensor> Of, int? Level = null, bool Replaces = false);
