using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Mcdm.Files;
using static TorchSharp.torch;

namespace Mcdm.Weights;

/// <summary>
/// Writes safetensors files, laid out as the reference implementation lays them out: metadata first, then tensors with the
/// largest elements first and by name, so that equal content gives equal bytes.
/// </summary>
public static class SafeTensorsWriter
{
    private const int Alignment = 8;
    private static readonly JsonWriterOptions JsonOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>
    /// Writes a file whole or not at all: under a temporary name in the same folder, flushed to disk, then renamed over
    /// <paramref name="path"/>. Any strides and devices will do; the tensors are left as they are.
    /// </summary>
    /// <param name="path">Path of the file; one that exists is replaced.</param>
    /// <param name="tensors">Names, each once, and tensors.</param>
    /// <param name="metadata">Strings to carry along.</param>
    /// <exception cref="McdmException">
    /// <c>OutputUnwritable</c>: the file could not be written; what was there before is untouched.
    /// <c>SafeTensorsDuplicate</c>, <c>SafeTensorsName</c>, <c>SafeTensorsDtype</c>, <c>SafeTensorsHeaderLength</c>:
    /// a file cannot hold these tensors or this metadata.
    /// </exception>
    public static void Write(string path, IEnumerable<(string Name, Tensor Tensor)> tensors,
        IReadOnlyDictionary<string, string>? metadata = null)
    {
        var ordered = tensors.ToList();
        Check(path, ordered, metadata);
        ordered = [.. ordered
            .OrderBy(item => SafeTensorsDtype.Rank(item.Tensor.dtype))
            .ThenBy(item => item.Name, StringComparer.Ordinal)];
        var header = Header(ordered, metadata);
        if (header.Length > SafeTensorsHeader.MaxLength)
        {
            throw new McdmException("SafeTensorsHeaderLength", ErrorKind.LimitsExceeded,
                $"The names and metadata for '{path}' take {header.Length} bytes; a safetensors header has at most {SafeTensorsHeader.MaxLength}.");
        }

        try
        {
            AtomicFile.Write(path, stream => WriteContent(stream, header, ordered));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new McdmException("OutputUnwritable", ErrorKind.WriteFailed, $"'{path}' could not be written: {exception.Message}", exception);
        }
    }

    private static void WriteContent(Stream stream, byte[] header, List<(string Name, Tensor Tensor)> tensors)
    {
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
        stream.Write(length);
        stream.Write(header);
        foreach (var (_, tensor) in tensors)
        {
            using var scope = NewDisposeScope();
            SafeTensorsBytes.ForEachChunk(tensor.detach().cpu().contiguous(), bytes => stream.Write(bytes));
        }
    }

    private static byte[] Header(List<(string Name, Tensor Tensor)> tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, JsonOptions))
        {
            json.WriteStartObject();
            if (metadata is { Count: > 0 })
            {
                json.WriteStartObject(SafeTensorsHeader.MetadataKey);
                foreach (var (key, value) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal)) { json.WriteString(key, value); }
                json.WriteEndObject();
            }
            var offset = 0L;
            foreach (var (name, tensor) in tensors)
            {
                var end = offset + tensor.numel() * SafeTensorsDtype.Size(tensor.dtype);
                json.WriteStartObject(name);
                json.WriteString("dtype", SafeTensorsDtype.Name(tensor.dtype));
                WriteNumbers(json, "shape", tensor.shape);
                WriteNumbers(json, "data_offsets", offset, end);
                json.WriteEndObject();
                offset = end;
            }
            json.WriteEndObject();
        }
        var padded = new byte[(buffer.WrittenCount + Alignment - 1) / Alignment * Alignment];
        padded.AsSpan().Fill((byte)' ');
        buffer.WrittenSpan.CopyTo(padded);
        return padded;
    }

    private static void WriteNumbers(Utf8JsonWriter json, string key, params long[] numbers)
    {
        json.WriteStartArray(key);
        foreach (var number in numbers) { json.WriteNumberValue(number); }
        json.WriteEndArray();
    }

    private static void Check(string path, List<(string Name, Tensor Tensor)> tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, tensor) in tensors)
        {
            if (name == SafeTensorsHeader.MetadataKey || !IsText(name))
            {
                throw Unfit("SafeTensorsName", $"A tensor for '{path}' is named '{name}', a name that safetensors does not allow.");
            }
            if (!names.Add(name)) { throw Unfit("SafeTensorsDuplicate", $"Two tensors for '{path}' are named '{name}'; names must differ."); }
            if (!SafeTensorsDtype.IsKnown(tensor.dtype))
            {
                throw Unfit("SafeTensorsDtype",
                    $"Tensor '{name}' for '{path}' is of type {tensor.dtype}; those that can be written are {SafeTensorsDtype.Known}.");
            }
        }
        foreach (var (key, value) in metadata ?? new Dictionary<string, string>())
        {
            if (value is null || !IsText(key) || !IsText(value))
            {
                throw Unfit("SafeTensorsMetadata", $"The metadata '{key}' for '{path}' is not text.");
            }
        }
    }

    /// <summary>False for half a surrogate pair, which JSON writers replace: two names could become one.</summary>
    private static bool IsText(string value)
    {
        try
        {
            _ = StrictUtf8.GetByteCount(value);
            return true;
        }
        catch (EncoderFallbackException)
        {
            return false;
        }
    }

    private static McdmException Unfit(string id, string message) => new(id, ErrorKind.InvalidArgument, message);
}
