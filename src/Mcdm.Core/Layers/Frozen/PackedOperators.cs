using System.Runtime.InteropServices;
using Mcdm.Runtime;
using static TorchSharp.torch;

namespace Mcdm.Layers.Frozen;

/// <summary>
/// Operators of a processor that read weights in an order of their own. libtorch reorders plain ones at every call, which takes longer than the call's own
/// arithmetic where a picture has few places.
/// </summary>
internal static class PackedOperators
{
    private const string Name = "PackedOperators", Code = $"""
        class {Name}(Module):
          __parameters__ = []
          __buffers__ = []
          training : bool
          def pack_convolution(self: __torch__.{Name}, w: Tensor, stride: int, padding: int, height: int, width: int) -> Tensor:
            size = [1, torch.size(w, 1), height, width]
            return ops.mkldnn._reorder_convolution_weight(w, [padding, padding], [stride, stride], [1, 1], 1, size)
          def convolution(self: __torch__.{Name}, x: Tensor, w: Tensor, b: List[Tensor], stride: int, padding: int) -> Tensor:
            bias = annotate(Optional[Tensor], None)
            if torch.gt(torch.len(b), 0):
              bias = b[0]
            pair = [padding, padding]
            return ops.mkldnn._convolution_pointwise(x, w, bias, pair, [stride, stride], [1, 1], 1, "none", annotate(List[Optional[number]], []), None)
          def pack_linear(self: __torch__.{Name}, w: Tensor) -> Tensor:
            return ops.mkldnn._reorder_linear_weight(w, None)
          def linear(self: __torch__.{Name}, x: Tensor, w: Tensor, b: List[Tensor]) -> Tensor:
            bias = annotate(Optional[Tensor], None)
            if torch.gt(torch.len(b), 0):
              bias = b[0]
            return ops.mkldnn._linear_pointwise(x, w, bias, "none", annotate(List[Optional[number]], []), None)

        """;

    private static readonly Lazy<jit.ScriptModule?> s_module = new(Load);

    /// <summary>Why weights of a kind are not packed, as a clause: they are on processors, in an arithmetic that these have; null for no reason.</summary>
    /// <param name="device">Where they are.</param>
    /// <param name="type">What is computed in.</param>
    public static string? Obstacle(Device device, ScalarType type) =>
        device.type != TorchSharp.DeviceType.CPU ? $"the device is {device.type.ToString().ToLowerInvariant()}"
        : type is not (ScalarType.BFloat16 or ScalarType.Float32) ? $"the arithmetic is {type.ToString().ToLowerInvariant()}"
        : type == ScalarType.BFloat16 && !Processor.HasBFloat16 ? "this processor has no bfloat16 instructions"
        : !Processor.HasAvx2 ? "this processor has no AVX2 instructions"
        : null;

    /// <summary>Whether weights of a kind are packed here: nothing is in their way, and this libtorch has the operators.</summary>
    /// <param name="device">Where they are.</param>
    /// <param name="type">What is computed in.</param>
    public static bool Take(Device device, ScalarType type) => Obstacle(device, type) is null && s_module.Value is not null;

    /// <summary>The weight of a convolution, [output, input, kernel, kernel], for pictures of a size, one at a time.</summary>
    public static Tensor PackConvolution(Tensor weight, int stride, int padding, long height, long width) =>
        Invoke("pack_convolution", weight, stride, padding, height, width);

    /// <summary>A convolution.</summary>
    /// <param name="x">[1, input, height, width], of the size that the weight is packed for.</param>
    /// <param name="weight">What <see cref="PackConvolution"/> gave.</param>
    /// <param name="bias">[output]; null for none.</param>
    /// <param name="stride">Its stride.</param>
    /// <param name="padding">Zeros at each side.</param>
    public static Tensor Convolve(Tensor x, Tensor weight, Tensor? bias, int stride, int padding) =>
        Invoke("convolution", x, weight, List(bias), stride, padding);

    /// <summary>The weight of a linear layer, [output, input], for any number of rows.</summary>
    public static Tensor PackLinear(Tensor weight) => Invoke("pack_linear", weight);

    /// <summary>x Wᵀ + b.</summary>
    /// <param name="x">[…, input]</param>
    /// <param name="weight">What <see cref="PackLinear"/> gave.</param>
    /// <param name="bias">[output]; null for none.</param>
    public static Tensor Linear(Tensor x, Tensor weight, Tensor? bias) => Invoke("linear", x, weight, List(bias));

    private static Tensor[] List(Tensor? bias) => bias is null ? [] : [bias];

    private static Tensor Invoke(string function, params object[] arguments) => (Tensor)s_module.Value!.invoke(function, arguments);

    /// <summary>Null where this libtorch has no such operators, or they do not run here.</summary>
    private static jit.ScriptModule? Load()
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        try
        {
            var module = ScriptArchive.Load(Name, Code);
            _ = module.invoke("pack_linear", zeros(1, 1));
            return module;
        }
        catch (ExternalException)
        {
            return null;
        }
    }
}
