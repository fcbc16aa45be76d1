using Mcdm.Weights;
using static TorchSharp.torch;

namespace Mcdm.Families.StableDiffusion.Files;

/// <summary>
/// A ControlNet that was saved as a difference: a tensor that the U-Net has too is the sum of both, and the U-Net's own where the difference lacks it, as the
/// tool that makes such files leaves out what is equal. Both stay their owners'.
/// </summary>
internal sealed class DifferenceWeights : IWeights
{
    /// <summary>How the tensors begin that a ControlNet has of a U-Net.</summary>
    private static readonly string[] s_shared = ["conv_in.", "time_embedding.", "down_blocks.", "mid_block."];

    private readonly IWeights _difference, _unet;
    private readonly HashSet<string> _own, _added;

    /// <param name="difference">The file's tensors, in diffusers' names.</param>
    /// <param name="unet">The U-Net's.</param>
    /// <exception cref="McdmException"><c>ControlNetMismatch</c>: a tensor has another shape in the U-Net.</exception>
    public DifferenceWeights(IWeights difference, IWeights unet)
    {
        (_difference, _unet) = (difference, unet);
        _own = difference.Names.ToHashSet(StringComparer.Ordinal);
        _added = unet.Names.Where(name => s_shared.Any(start => name.StartsWith(start, StringComparison.Ordinal))).ToHashSet(StringComparer.Ordinal);
        Names = [.. difference.Names, .. unet.Names.Where(name => _added.Contains(name) && !_own.Contains(name))];
        if (_own.Where(_added.Contains).FirstOrDefault(name => !difference.Shape(name).SequenceEqual(unet.Shape(name))) is { } other)
        {
            throw new McdmException("ControlNetMismatch", ErrorKind.InvalidArgument,
                $"The ControlNet '{Path}' is a difference from the weights of another U-Net than that of '{unet.Path}': '{other}' is "
                + $"[{string.Join(", ", difference.Shape(other))}] there and [{string.Join(", ", unet.Shape(other))}] in the U-Net.");
        }
    }

    /// <inheritdoc/>
    public string Path => _difference.Path;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Metadata => _difference.Metadata;

    /// <inheritdoc/>
    public IReadOnlyList<string> Names { get; }

    /// <inheritdoc/>
    public IReadOnlyList<long> Shape(string name) => (_own.Contains(name) ? _difference : _unet).Shape(name);

    /// <inheritdoc/>
    public ScalarType DataType(string name) => _own.Contains(name) && _added.Contains(name) ? ScalarType.Float32
        : (_own.Contains(name) ? _difference : _unet).DataType(name);

    /// <inheritdoc/>
    public Tensor Read(string name, ScalarType? dataType = null)
    {
        if (!_added.Contains(name)) { return _difference.Read(name, dataType); }
        if (!_own.Contains(name)) { return _unet.Read(name, dataType); }
        using var scope = NewDisposeScope();
        var sum = _difference.Read(name, ScalarType.Float32).add_(_unet.Read(name, ScalarType.Float32));
        return sum.to(dataType ?? ScalarType.Float32).MoveToOuterDisposeScope();
    }

    /// <summary>Leaves both open.</summary>
    public void Dispose()
    {
    }
}
