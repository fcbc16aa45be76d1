using System.Numerics;
using System.Text;

namespace Mcdm.Weights.PyTorch;

/// <summary>
/// Reads a pickle as data. Names from an allow-list have a meaning (<see cref="TorchGlobals"/>), all others become inert objects: no class is looked up and
/// no code runs. What it may nest, remember and use of memory is limited.
/// </summary>
/// <param name="source">The bytes.</param>
/// <param name="memory">Bytes that what it reads may take.</param>
internal sealed class PickleMachine(PickleSource source, long memory)
{
    private const int HighestProtocol = 5, MostValues = 200_000, MostMarks = 1_000, LongestNumber = 255;

    /// <summary>What things cost in memory, roughly and rather too much.</summary>
    private const int BoxedCost = 24, ObjectCost = 48, ItemCost = 24, PairCost = 56, MemoCost = 72;

    private static readonly object[] s_small = [.. Enumerable.Range(0, 256).Select(number => (object)(long)number)];
    private static readonly object s_true = true, s_false = false;
    private static readonly PickleObject s_text = new("text"), s_bytes = new("bytes");

    private readonly List<object?> _stack = [];
    private readonly List<int> _marks = [];
    private readonly Dictionary<long, object?> _memo = [];

    /// <summary>Every memory that a tensor was said to be in, by its key.</summary>
    public Dictionary<string, TorchStorage> Storages { get; } = new(StringComparer.Ordinal);

    /// <summary>Reads one pickle to its end.</summary>
    /// <returns>Null, a bool, long, <see cref="BigInteger"/>, double or string; an array (a tuple); or one of the nodes.</returns>
    public object? Run()
    {
        _stack.Clear();
        _marks.Clear();
        _memo.Clear();
        source.BeginPickle();
        while (true)
        {
            byte operation = source.Byte();
            if (operation == '.') { return Pop(); }
            Do(operation);
            if (_stack.Count > MostValues || _marks.Count > MostMarks)
            {
                throw new McdmException("PyTorchDepth", ErrorKind.LimitsExceeded,
                    $"The pickle of '{source.Path}' nests its values deeper than any checkpoint does; it is damaged, or made to do harm.");
            }
        }
    }

    private void Do(byte operation)
    {
        switch (operation)
        {
            case 0x80: Protocol(source.Byte()); break;
            case 0x95: source.UInt64(); break; // FRAME
            case (byte)'N': _stack.Add(null); break;
            case 0x88: _stack.Add(s_true); break;
            case 0x89: _stack.Add(s_false); break;
            case (byte)'K': _stack.Add(s_small[source.Byte()]); break;
            case (byte)'M': PushNumber(source.UInt16()); break;
            case (byte)'J': PushNumber(source.Int32()); break;
            case 0x8a: PushLong(source.Byte()); break;
            case 0x8b: PushLong(source.UInt32()); break;
            case (byte)'G': Push(source.Double(), BoxedCost); break;
            case (byte)'X': PushText(source.Text((ulong)source.UInt32(), Encoding.UTF8)); break;
            case 0x8c: PushText(source.Text(source.Byte(), Encoding.UTF8)); break;
            case 0x8d: PushText(source.Text(source.UInt64(), Encoding.UTF8)); break;
            case (byte)'U': PushText(source.Text(source.Byte(), Encoding.Latin1)); break; // of Python 2
            case (byte)'T': PushText(source.Text((ulong)source.UInt32(), Encoding.Latin1)); break;
            case (byte)'C': PushBytes(source.Byte()); break;
            case (byte)'B': PushBytes((ulong)source.UInt32()); break;
            case 0x8e or 0x96: PushBytes(source.UInt64()); break;
            case (byte)'(': _marks.Add(_stack.Count); break;
            case (byte)')': _stack.Add(Array.Empty<object?>()); break;
            case 0x85: PushTuple(1); break;
            case 0x86: PushTuple(2); break;
            case 0x87: PushTuple(3); break;
            case (byte)'t': PushTuple(_stack.Count - PopMark()); break;
            case (byte)']' or 0x8f: Push(new PickleList(), ObjectCost); break;
            case (byte)'}': Push(new PickleDict(), ObjectCost); break;
            case 0x91: FrozenSet(); break;
            case (byte)'a': AddItems(_stack.Count - 1); break;
            case (byte)'e' or 0x90: AddItems(PopMark()); break;
            case (byte)'s': SetItems(_stack.Count - 2); break;
            case (byte)'u': SetItems(PopMark()); break;
            case (byte)'q': Remember(source.Byte()); break;
            case (byte)'r': Remember(source.UInt32()); break;
            case 0x94: Remember(_memo.Count); break;
            case (byte)'h': Recall(source.Byte()); break;
            case (byte)'j': Recall(source.UInt32()); break;
            case (byte)'0': PopOrMark(); break;
            case (byte)'1': Truncate(PopMark()); break;
            case (byte)'2': _stack.Add(Peek()); break;
            case (byte)'c': PushGlobal(source.Line(), source.Line()); break;
            case 0x93: PushGlobalOf(Pop(), Pop()); break;
            case (byte)'R' or 0x81: Call(); break; // REDUCE, NEWOBJ
            case 0x92: Pop(); Call(); break; // NEWOBJ_EX
            case (byte)'b': Build(Pop(), Peek()); break;
            case (byte)'Q': Push(TorchGlobals.Stored(source, Pop(), Storages), ObjectCost + PairCost); break;
            default: throw source.Invalid($"has the instruction 0x{operation:x2}, which torch.save does not write");
        }
    }

    private void Protocol(byte protocol)
    {
        if (protocol > HighestProtocol) { throw source.Invalid($"has protocol {protocol}"); }
    }

    private void PushNumber(long number)
    {
        if (number is >= 0 and < 256) { _stack.Add(s_small[number]); } else { Push(number, BoxedCost); }
    }

    private void PushLong(long length)
    {
        if (length > LongestNumber) { throw source.Invalid($"has a number of {length} bytes"); }
        var number = new BigInteger(source.Bytes((int)length));
        if (number >= long.MinValue && number <= long.MaxValue) { PushNumber((long)number); } else { Push(number, ObjectCost + LongestNumber); }
    }

    private void PushText(string? text)
    {
        if (text is null) { _stack.Add(s_text); } else { Push(text, BoxedCost + 2 * text.Length); }
    }

    private void PushBytes(ulong length)
    {
        source.Skip(length);
        _stack.Add(s_bytes);
    }

    private void PushTuple(int count)
    {
        if (count > _stack.Count - Floor) { throw Underflow(); }
        Charge(BoxedCost + ItemCost * count);
        var items = new object?[count];
        _stack.CopyTo(_stack.Count - count, items, 0, count);
        Truncate(_stack.Count - count);
        _stack.Add(items);
    }

    private void FrozenSet()
    {
        Truncate(PopMark());
        Push(new PickleList(), ObjectCost);
    }

    private void AddItems(int from)
    {
        if (from <= Floor) { throw Underflow(); }
        Charge((long)ItemCost * (_stack.Count - from));
        if (_stack[from - 1] is PickleList list)
        {
            for (int i = from; i < _stack.Count; i++) { list.Add(_stack[i]); }
        }
        Truncate(from);
    }

    private void SetItems(int from)
    {
        if (from <= Floor || (_stack.Count - from) % 2 != 0) { throw Underflow(); }
        Charge((long)PairCost * (_stack.Count - from) / 2);
        if (_stack[from - 1] is PickleDict dict)
        {
            for (int i = from; i < _stack.Count; i += 2) { dict.Set(_stack[i], _stack[i + 1]); }
        }
        Truncate(from);
    }

    private void Remember(long place)
    {
        Charge(MemoCost);
        _memo[place] = Peek();
    }

    private void Recall(long place) =>
        _stack.Add(_memo.TryGetValue(place, out object? value) ? value : throw source.Invalid($"recalls value {place}, which it never remembered"));

    private void PushGlobal(string module, string name) => Push(new PickleGlobal(module, name), ObjectCost + 4 * (module.Length + name.Length));

    private void PushGlobalOf(object? name, object? module)
    {
        if (name is not string own || module is not string home) { throw source.Invalid("names a class by something other than text"); }
        PushGlobal(home, own);
    }

    private void Call()
    {
        object? arguments = Pop(), result = TorchGlobals.Call(source, Pop(), arguments);
        Push(result, result switch
        {
            PickleDict dict => ObjectCost + PairCost * dict.Items.Count,
            PickleObject inert => ObjectCost + 2 * inert.Class.Length,
            TorchTensor tensor => 4 * ObjectCost + 4 * sizeof(long) * tensor.Shape.Length,
            _ => ObjectCost,
        });
    }

    /// <summary>The state of an object, or of a dict that has attributes, says nothing of tensors, but where the dict is one of parameters.</summary>
    private void Build(object? state, object? target)
    {
        if (target is not PickleDict { IsOfParameters: true } dict || (state as PickleDict)?.Find("_parameters") is not PickleDict parameters) { return; }
        Charge((long)PairCost * parameters.Items.Count);
        foreach (var (key, value) in parameters.Items.ToList()) { dict.Set(key, value); }
    }

    private void PopOrMark()
    {
        if (_marks.Count > 0 && _marks[^1] == _stack.Count) { PopMark(); } else { Pop(); }
    }

    /// <summary>Where the values of the innermost open bracket begin.</summary>
    private int Floor => _marks.Count > 0 ? _marks[^1] : 0;

    private object? Peek() => _stack.Count > Floor ? _stack[^1] : throw Underflow();

    private object? Pop()
    {
        object? top = Peek();
        _stack.RemoveAt(_stack.Count - 1);
        return top;
    }

    private int PopMark()
    {
        if (_marks.Count == 0) { throw Underflow(); }
        int mark = _marks[^1];
        _marks.RemoveAt(_marks.Count - 1);
        return mark;
    }

    private void Truncate(int count)
    {
        if (count < Floor) { throw Underflow(); }
        _stack.RemoveRange(count, _stack.Count - count);
    }

    private void Push(object? value, int cost)
    {
        Charge(cost);
        _stack.Add(value);
    }

    private void Charge(long cost)
    {
        memory -= cost;
        if (memory >= 0) { return; }
        throw new McdmException("PyTorchObjects", ErrorKind.LimitsExceeded,
            $"The pickle of '{source.Path}' builds more objects than a file of its size needs; it is damaged, or made to do harm.");
    }

    private McdmException Underflow() => source.Invalid("takes more values than it gave");
}
