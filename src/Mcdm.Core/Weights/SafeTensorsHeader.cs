using System.Text.Json;
using System.Text.Unicode;
using static TorchSharp.torch;

namespace Mcdm.Weights;

/// <summary>
/// One tensor as the header describes it: <paramref name="Dtype"/> is its element type by its name there, <paramref name="Type"/> the same for reading,
/// null where it
/// cannot be read; <paramref name="Begin"/> and <paramref name="End"/> count from the data section.
/// </summary>
internal sealed record SafeTensorsEntry(string Name, string Dtype, ScalarType? Type, long[] Shape, long Begin, long End);

/// <summary>
/// The JSON header of a safetensors file, believed only after every claim in it has been checked.
/// Format: https://github.com/huggingface/safetensors#format.
/// </summary>
internal sealed class SafeTensorsHeader
{
    public const string MetadataKey = "__metadata__";

    /// <summary>The longest header that the format allows, in bytes.</summary>
    public const int MaxLength = 100_000_000;

    /// <summary>The most dimensions that libtorch computes with.</summary>
    private const int MaxDimensions = 64;

    private readonly string _path;
    private readonly Dictionary<string, string> _metadata = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SafeTensorsEntry> _entries = new(StringComparer.Ordinal);

    private SafeTensorsHeader(string path) => _path = path;

    public IReadOnlyDictionary<string, string> Metadata => _metadata;

    public IReadOnlyDictionary<string, SafeTensorsEntry> Entries => _entries;

    /// <param name="path">The file, for messages.</param>
    /// <param name="json">The header's bytes.</param>
    /// <param name="dataLength">Bytes in the file after the header.</param>
    public static SafeTensorsHeader Parse(string path, ReadOnlySpan<byte> json, long dataLength)
    {
        var header = new SafeTensorsHeader(path);
        if (!Utf8.IsValid(json)) { throw header.Invalid("SafeTensorsHeader", "is not UTF-8 text"); }
        try
        {
            header.ReadObject(json);
        }
        // GetString throws InvalidOperationException for an escaped half of a surrogate pair.
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw header.Invalid("SafeTensorsHeader", "is not a JSON object of tensors", exception);
        }
        header.CheckCoverage(dataLength);
        return header;
    }

    private void ReadObject(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject) { throw Invalid("SafeTensorsHeader", "is not a JSON object"); }
        var metadataSeen = false;
        while (ReadKey(ref reader, out var key))
        {
            if (_entries.ContainsKey(key) || (key == MetadataKey && metadataSeen))
            {
                throw Invalid("SafeTensorsDuplicate", $"names '{key}' twice; each name may appear once");
            }
            if (key == MetadataKey)
            {
                ReadMetadata(ref reader);
                metadataSeen = true;
            }
            else
            {
                _entries.Add(key, ReadEntry(ref reader, key));
            }
        }
        if (reader.Read()) { throw Invalid("SafeTensorsHeader", "goes on after its JSON object"); }
    }

    private void ReadMetadata(ref Utf8JsonReader reader)
    {
        const string Wrong = $"has a {MetadataKey} that is not a map from strings to strings";
        if (reader.TokenType != JsonTokenType.StartObject) { throw Invalid("SafeTensorsMetadata", Wrong); }
        while (ReadKey(ref reader, out var key))
        {
            if (reader.TokenType != JsonTokenType.String) { throw Invalid("SafeTensorsMetadata", Wrong); }
            if (!_metadata.TryAdd(key, reader.GetString()!))
            {
                throw Invalid("SafeTensorsDuplicate", $"has the metadata key '{key}' twice; each key may appear once");
            }
        }
    }

    private SafeTensorsEntry ReadEntry(ref Utf8JsonReader reader, string name)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw Invalid("SafeTensorsHeader", $"describes tensor '{name}' by something other than a JSON object");
        }
        var seen = new HashSet<string>(StringComparer.Ordinal);
        string? dtype = null;
        long[]? shape = null, offsets = null;
        while (ReadKey(ref reader, out var key))
        {
            if (!seen.Add(key)) { throw Invalid("SafeTensorsDuplicate", $"gives tensor '{name}' two values for '{key}'"); }
            switch (key)
            {
                case "dtype":
                    dtype = ReadType(ref reader, name);
                    break;
                case "shape":
                    shape = ReadNumbers(ref reader)
                        ?? throw Invalid("SafeTensorsShape", $"gives tensor '{name}' a shape that is not a list of whole numbers from 0");
                    break;
                case "data_offsets":
                    offsets = ReadNumbers(ref reader);
                    if (offsets is not { Length: 2 } || offsets[0] > offsets[1])
                    {
                        throw Invalid("SafeTensorsOffsets",
                            $"gives tensor '{name}' data_offsets that are not two whole numbers, begin ≤ end");
                    }
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
        if (dtype is null || shape is null || offsets is null)
        {
            var absent = dtype is null ? "dtype" : shape is null ? "shape" : "data_offsets";
            throw Invalid("SafeTensorsHeader", $"gives tensor '{name}' no {absent}");
        }
        // Of a type that this version does not know, only the place can be checked; such a tensor is refused when it is read.
        int bits = SafeTensorsDtype.Bits(dtype);
        var bytes = ByteCount(name, shape, Math.Max(bits, 1));
        if (bits > 0 && offsets[1] - offsets[0] != bytes)
        {
            throw Invalid("SafeTensorsSize",
                $"gives tensor '{name}' {offsets[1] - offsets[0]} bytes, but {dtype} of shape [{string.Join(", ", shape)}] takes {bytes}");
        }
        return new SafeTensorsEntry(name, dtype, SafeTensorsDtype.Parse(dtype), shape, offsets[0], offsets[1]);
    }

    private string ReadType(ref Utf8JsonReader reader, string name) =>
        reader.TokenType == JsonTokenType.String ? reader.GetString()!
            : throw Invalid("SafeTensorsDtype", $"gives tensor '{name}' a dtype that is not a string");

    /// <summary>The array of non-negative integers here, or null where there is anything else.</summary>
    private static long[]? ReadNumbers(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray) { return null; }
        var numbers = new List<long>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out var number) || number < 0) { return null; }
            numbers.Add(number);
        }
        return [.. numbers];
    }

    private long ByteCount(string name, long[] shape, int bits)
    {
        if (shape.Length > MaxDimensions)
        {
            throw Invalid("SafeTensorsShape", $"gives tensor '{name}' {shape.Length} dimensions; at most {MaxDimensions} can be read");
        }
        try
        {
            // Zeros are left out at first: libtorch multiplies the other sizes for its strides, and they too must not overflow.
            var elements = shape.Where(size => size != 0).Aggregate(1L, (product, size) => checked(product * size));
            var bytes = checked((long)(((Int128)elements * bits + 7) / 8));
            return shape.Contains(0) ? 0 : bytes;
        }
        catch (OverflowException)
        {
            throw Invalid("SafeTensorsShape", $"gives tensor '{name}' the shape [{string.Join(", ", shape)}], which is too large");
        }
    }

    /// <summary>The tensors must cover the data section exactly: no byte twice, none unused.</summary>
    private void CheckCoverage(long dataLength)
    {
        var covered = 0L;
        var previous = "";
        foreach (var entry in _entries.Values.OrderBy(entry => entry.Begin).ThenBy(entry => entry.End))
        {
            if (entry.Begin < covered)
            {
                throw Invalid("SafeTensorsOverlap",
                    $"puts tensor '{entry.Name}' at byte {entry.Begin}, inside tensor '{previous}', which ends at {covered}");
            }
            if (entry.Begin > covered)
            {
                throw Invalid("SafeTensorsGap", $"leaves bytes {covered} to {entry.Begin} before tensor '{entry.Name}' to no tensor");
            }
            covered = entry.End;
            previous = entry.Name;
        }
        if (covered > dataLength)
        {
            throw Invalid("SafeTensorsTruncated",
                $"promises {covered} bytes of data, up to the end of tensor '{previous}', but the file holds {dataLength}; it was cut short");
        }
        if (covered < dataLength)
        {
            throw Invalid("SafeTensorsGap", $"leaves the last {dataLength - covered} bytes of the file to no tensor");
        }
    }

    /// <summary>Moves to the next key's value; false at the end of the object.</summary>
    private static bool ReadKey(ref Utf8JsonReader reader, out string key)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.EndObject)
        {
            key = "";
            return false;
        }
        key = reader.GetString()!;
        reader.Read();
        return true;
    }

    private McdmException Invalid(string id, string problem, Exception? inner = null) =>
        new(id, ErrorKind.InvalidData, $"The safetensors header of '{_path}' {problem}.", inner);
}
