using Mcdm.Runtime;
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

    /// <summary>What is computed with it in a form of an operator's own; null where it has none.</summary>
    /// <param name="form">The form.</param>
    /// <param name="use">Computes with the tensor in that form, which stays this one's.</param>
    public virtual Tensor? In(PackedForm form, Func<Tensor, Tensor> use) => null;

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

/// <summary>
/// A weight of a layer, which lies as it was read until an operator wants it in a form of its own, and in that from then on: there is one copy at a time.
/// </summary>
/// <param name="value">The weight.</param>
internal sealed class PackableTensor(Tensor value) : StoredTensor
{
    /// <summary>Bytes of a weight after whose packing freed memory is given back: else holes of former copies add up.</summary>
    private const long Much = 16 << 20;

    private readonly object _gate = new();
    private readonly int _size = (int)value.ElementSize;
    private Tensor _value = value;
    private PackedForm? _form;

    /// <inheritdoc/>
    public override long[] Shape { get; } = value.shape;

    /// <inheritdoc/>
    public override ScalarType Type { get; } = value.dtype;

    /// <inheritdoc/>
    public override bool IsWidened => _form is not null;

    /// <inheritdoc/>
    public override long Bytes => Count * _size;

    /// <inheritdoc/>
    public override Tensor Value()
    {
        lock (_gate) { return _form is null ? _value : _value.to_dense().reshape(Shape); }
    }

    /// <inheritdoc/>
    public override Tensor? In(PackedForm form, Func<Tensor, Tensor> use)
    {
        lock (_gate)
        {
            if (form != _form) { Pack(form); }
            return use(_value);
        }
    }

    private void Pack(PackedForm form)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var packed = form.Pack(Value()).DetachFromDisposeScope();
        _value.Dispose();
        (_value, _form) = (packed, form);
        if (Bytes >= Much) { NativeMemory.GiveBackFreedBlocks(); }
    }

    /// <inheritdoc/>
    public override void Dispose() => _value.Dispose();
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
