using static TorchSharp.torch;

namespace Mcdm.Layers.Frozen;

/// <summary>A tensor of a network as it lies in memory. Owns it.</summary>
internal abstract class StoredTensor : IDisposable
{
    /// <summary>Its sizes.</summary>
    public abstract long[] Shape { get; }

    /// <summary>What it is computed with in.</summary>
    public abstract ScalarType Type { get; }

    /// <summary>Whether <see cref="Value"/> is made anew each time.</summary>
    public abstract bool IsWidened { get; }

    /// <summary>Numbers in it.</summary>
    public long Count => Shape.Aggregate(1L, (product, size) => product * size);

    /// <summary>Bytes that it takes.</summary>
    public abstract long Bytes { get; }

    /// <summary>What it is computed with, this tensor's own unless it <see cref="IsWidened"/>.</summary>
    public abstract Tensor Value();

    /// <summary>Frees its memory.</summary>
    public abstract void Dispose();
}

/// <summary>A tensor as it is computed with.</summary>
internal sealed class PlainTensor(Tensor value) : StoredTensor
{
    /// <inheritdoc/>
    public override long[] Shape => value.shape;

    /// <inheritdoc/>
    public override ScalarType Type => value.dtype;

    /// <inheritdoc/>
    public override bool IsWidened => false;

    /// <inheritdoc/>
    public override long Bytes => value.numel() * value.ElementSize;

    /// <inheritdoc/>
    public override Tensor Value() => value;

    /// <inheritdoc/>
    public override void Dispose() => value.Dispose();
}

/// <summary>A tensor in 8 bits: whole numbers −127…127, times a factor for each place of its first axis.</summary>
internal sealed class Int8Tensor : StoredTensor
{
    private const double Largest = 127;

    private readonly Tensor _numbers, _factors;

    /// <param name="values">What it holds, [output, …]; stays the caller's.</param>
    public Int8Tensor(Tensor values)
    {
        using var scope = NewDisposeScope();
        var factors = values.to(ScalarType.Float32).flatten(1).abs().amax([1]) / Largest;
        long[] perOutput = [-1, .. Enumerable.Repeat(1L, values.shape.Length - 1)];
        // Where all are zero any factor does.
        factors = where(factors.eq(0), ones_like(factors), factors).reshape(perOutput);
        _numbers = (values / factors).round().to(ScalarType.Int8).DetachFromDisposeScope();
        _factors = factors.to(values.dtype).DetachFromDisposeScope();
    }

    /// <inheritdoc/>
    public override long[] Shape => _numbers.shape;

    /// <inheritdoc/>
    public override ScalarType Type => _factors.dtype;

    /// <inheritdoc/>
    public override bool IsWidened => true;

    /// <inheritdoc/>
    public override long Bytes => _numbers.numel() + _factors.numel() * _factors.ElementSize;

    /// <inheritdoc/>
    public override Tensor Value() => _numbers.to(Type).mul_(_factors);

    /// <inheritdoc/>
    public override void Dispose()
    {
        _numbers.Dispose();
        _factors.Dispose();
    }
}
