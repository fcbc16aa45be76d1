using System.Numerics;

namespace Mcdm.Weights.Gguf;

/// <summary>One tensor of a GGUF file.</summary>
/// <param name="Type">How it is stored.</param>
/// <param name="Shape">Its shape, slowest dimension first, as elsewhere.</param>
/// <param name="Begin">Its first byte, counted from the data's beginning.</param>
/// <param name="Bytes">Its bytes.</param>
internal sealed record GgufTensor(GgufType Type, long[] Shape, long Begin, long Bytes);

/// <summary>
/// The header of a GGUF file (github.com/ggml-org/ggml, docs/gguf.md), versions 2 and 3: keys with values, then the table of tensors. Checked whole before any
/// tensor is read.
/// </summary>
internal sealed class GgufHeader
{
    private const uint Magic = 0x46554747, MostAlignment = 1 << 20, ShortValue = 2, Uint32Value = 4, Int32Value = 5, TextValue = 8, ArrayValue = 9;
    private const int MaxDimensions = 4, MaxDepth = 16, UsualAlignment = 32, MaxShape = 8;
    private const string Alignment = "general.alignment", Architecture = "general.architecture", Parts = "split.count", Shape = "comfy.gguf.orig_shape.";

    /// <summary>Bytes of a value of each type that has a size of its own.</summary>
    private static readonly Dictionary<uint, ulong> s_sizes = new()
    {
        [0] = 1, [1] = 1, [2] = 2, [3] = 2, [Uint32Value] = 4, [Int32Value] = 4, [6] = 4, [7] = 1, [10] = 8, [11] = 8, [12] = 8,
    };

    /// <summary>What makers of files call models of pictures; language models have other names.</summary>
    private static readonly string[] s_architectures =
        ["sd1", "sd2", "sdxl", "sd3", "flux", "stable-diffusion", "aura", "hidream", "cosmos", "ltxv", "hyvid", "wan", "lumina2", "qwen_image", "pixart"];

    private readonly GgufReader _reader;
    private readonly Dictionary<string, long[]> _shapes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, GgufTensor> _tensors = new(StringComparer.Ordinal);
    private readonly HashSet<string> _keys = new(StringComparer.Ordinal);
    private long _alignment = UsualAlignment;

    /// <summary>Reads it.</summary>
    /// <exception cref="McdmException">
    /// <c>GgufVersion</c>, <c>GgufType</c>, <c>GgufArchitecture</c>, <c>GgufSplit</c>, <c>GgufInvalid</c>, <c>GgufTruncated</c>.
    /// </exception>
    public GgufHeader(DiskFile file)
    {
        _reader = new GgufReader(file);
        if (file.Length < 3 * sizeof(ulong)) { throw file.Truncated($"is {file.Length} bytes long, too short for a GGUF file"); }
        if (_reader.UInt32() != Magic) { throw _reader.Wrong("does not begin with 'GGUF'"); }
        uint version = _reader.UInt32();
        if (version is not (2 or 3))
        {
            throw new McdmException("GgufVersion", ErrorKind.NotSupported, version >> 16 != 0 && (version & 0xFFFF) == 0
                ? $"The GGUF file '{file.Path}' is big-endian; those of little-endian machines are read."
                : $"The GGUF file '{file.Path}' is of version {version}; 2 and 3 are read.");
        }
        ulong tensors = _reader.UInt64(), keys = _reader.UInt64();
        // Each takes at least these bytes of a file.
        if (tensors > (ulong)_reader.Left / 24 || keys > (ulong)_reader.Left / 13)
        {
            throw file.Truncated($"claims {tensors} tensors and {keys} keys, for which it is too short");
        }
        for (ulong i = 0; i < keys; i++) { ReadKey(file.Path); }
        var order = new List<string>();
        for (ulong i = 0; i < tensors; i++) { order.Add(ReadTensor(file.Path)); }
        DataStart = (_reader.Position + _alignment - 1) / _alignment * _alignment;
        CheckPlaces(file);
        Names = order;
    }

    /// <summary>The tensors' names, in the order of the table.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The tensors.</summary>
    public IReadOnlyDictionary<string, GgufTensor> Tensors => _tensors;

    /// <summary>Where their data begin in the file.</summary>
    public long DataStart { get; }

    private void ReadKey(string path)
    {
        string key = _reader.Text();
        if (!_keys.Add(key)) { throw _reader.Wrong($"has the key '{key}' twice"); }
        uint type = _reader.UInt32();
        switch (key)
        {
            case Alignment:
                uint alignment = type == Uint32Value ? _reader.UInt32() : 0;
                if (!BitOperations.IsPow2(alignment) || alignment > MostAlignment) { throw _reader.Wrong($"has '{Alignment}', but not a power of two there"); }
                _alignment = alignment;
                break;
            case Architecture when type == TextValue:
                string name = _reader.Text();
                if (s_architectures.Contains(name, StringComparer.OrdinalIgnoreCase)) { break; }
                throw new McdmException("GgufArchitecture", ErrorKind.NotSupported,
                    $"'{path}' is of the architecture '{name}', which is no model of pictures.");
            case Parts when type is ShortValue or Uint32Value:
                uint parts = type == ShortValue ? _reader.UInt16() : _reader.UInt32();
                if (parts <= 1) { break; }
                throw new McdmException("GgufSplit", ErrorKind.NotSupported,
                    $"'{path}' is one of {parts} files that a model was split into, which Mcdm does not read; join them first (gguf-split --merge).");
            case var _ when type == ArrayValue && key.StartsWith(Shape, StringComparison.Ordinal):
                _shapes[key[Shape.Length..]] = ReadShape(key);
                break;
            default:
                SkipValue(type);
                break;
        }
    }

    private long[] ReadShape(string key)
    {
        uint type = _reader.UInt32();
        ulong count = _reader.UInt64();
        if (type != Int32Value || count > MaxShape) { throw _reader.Wrong($"has '{key}', but no shape there"); }
        return [.. Enumerable.Range(0, (int)count).Select(_ => (long)(int)_reader.UInt32())];
    }

    private void SkipValue(uint type)
    {
        if (s_sizes.TryGetValue(type, out ulong size)) { _reader.Skip(size); }
        else if (type == TextValue) { _reader.SkipText(); }
        else if (type == ArrayValue) { SkipArray(); }
        else { throw _reader.Wrong($"has a value of the type {type}, which the format does not have"); }
    }

    /// <summary>Goes on behind an array, perhaps of arrays: by a list of how many each level has left, so that no depth overflows the stack.</summary>
    private void SkipArray()
    {
        var left = new Stack<ulong>([1]);
        while (left.TryPop(out ulong arrays))
        {
            if (arrays == 0) { continue; }
            left.Push(arrays - 1);
            uint type = _reader.UInt32();
            ulong count = _reader.UInt64();
            if (s_sizes.TryGetValue(type, out ulong size))
            {
                if (count > (ulong)_reader.Left / size) { throw _reader.Wrong($"has an array of {count} numbers, for which it is too short"); }
                _reader.Skip(count * size);
            }
            else if (type == TextValue)
            {
                for (ulong i = 0; i < count; i++) { _reader.SkipText(); }
            }
            else if (type == ArrayValue && left.Count < MaxDepth) { left.Push(count); }
            else
            {
                throw _reader.Wrong(type == ArrayValue ? "has arrays inside each other deeper than any file"
                    : $"has an array of the type {type}, which the format does not have");
            }
        }
    }

    /// <summary>Reads a line of the table; dimensions are stored fastest first.</summary>
    private string ReadTensor(string path)
    {
        string name = _reader.Text();
        uint dimensions = _reader.UInt32();
        if (dimensions > MaxDimensions) { throw _reader.Wrong($"gives '{name}' {dimensions} dimensions, where there are at most {MaxDimensions}"); }
        List<ulong> stored = [.. Enumerable.Range(0, (int)dimensions).Select(_ => _reader.UInt64())];
        var slowestFirst = Enumerable.Reverse(stored).ToList();
        uint number = _reader.UInt32();
        ulong begin = _reader.UInt64();
        var type = GgufType.Of(number) ?? throw new McdmException("GgufType", ErrorKind.NotSupported,
            $"The tensor '{name}' of '{path}' holds {GgufType.NameOf(number)}; those that can be read are {GgufType.Known}.");
        UInt128 count = 1;
        foreach (ulong size in stored)
        {
            count *= size;
            if (count > long.MaxValue) { throw _reader.Wrong($"gives '{name}' the shape [{string.Join(", ", slowestFirst)}], which no file holds"); }
        }
        ulong row = stored.FirstOrDefault(1UL);
        if (row % (ulong)type.Elements != 0)
        {
            throw _reader.Wrong($"gives '{name}' rows of {row} numbers, which {type.Name} cannot store (blocks of {type.Elements})");
        }
        var bytes = count / (ulong)type.Elements * (ulong)type.Bytes;
        if (begin % (ulong)_alignment != 0) { throw _reader.Wrong($"puts '{name}' at {begin}, which is not a multiple of its alignment {_alignment}"); }
        if (begin > long.MaxValue || bytes + begin > long.MaxValue) { throw _reader.Wrong($"puts '{name}' behind its end"); }
        long[] shape = [.. slowestFirst.Select(size => (long)size)];
        if (_shapes.TryGetValue(name, out long[]? told)) { shape = Told(name, told, (long)count); }
        return _tensors.TryAdd(name, new GgufTensor(type, shape, (long)begin, (long)bytes)) ? name : throw _reader.Wrong($"has the tensor '{name}' twice");
    }

    /// <summary>The shape that a tensor had before its rows were made longer.</summary>
    private long[] Told(string name, long[] shape, long count)
    {
        Int128 product = shape.Aggregate((Int128)1, (all, size) => all * size);
        return shape.All(size => size > 0) && product == count ? shape
            : throw _reader.Wrong($"says that '{name}' has the shape [{string.Join(", ", shape)}], but it has {count} numbers");
    }

    private void CheckPlaces(DiskFile file)
    {
        long length = file.Length - DataStart, end = 0;
        string before = "";
        foreach (var (name, tensor) in _tensors.OrderBy(tensor => tensor.Value.Begin).ThenBy(tensor => tensor.Value.Bytes))
        {
            if (tensor.Begin < end) { throw _reader.Wrong($"has '{before}' and '{name}' in the same place"); }
            if (tensor.Begin + tensor.Bytes > length) { throw file.Truncated($"ends before the numbers of '{name}' do; it was cut short or is damaged"); }
            end = (tensor.Begin + tensor.Bytes + _alignment - 1) / _alignment * _alignment;
            before = name;
        }
    }
}
