using System.Text.Json;
using static TorchSharp.torch;

namespace Mcdm.Weights.Reading;

/// <summary>
/// Named tensors that were split over several files (shards), by the index that says which holds which: <c>*.index.json</c> with a <c>weight_map</c>,
/// as transformers and diffusers write it. The shards lie beside the index or below it.
/// </summary>
public sealed class ShardedWeights : IWeights
{
    private const string IndexEnd = ".json", Map = "weight_map";

    /// <summary>The longest index, in bytes: some 100 for a tensor.</summary>
    private const long LongestIndex = 32 << 20;

    private readonly Dictionary<string, IWeights> _shards = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IWeights> _shardOf = new(StringComparer.Ordinal);

    private ShardedWeights(string path) => Path = path;

    /// <summary>The index that was opened.</summary>
    public string Path { get; }

    /// <summary>The tensors' names, in the order of the index.</summary>
    public IReadOnlyList<string> Names { get; private set; } = [];

    /// <summary>Opens an index and all its shards, and checks that each holds what the index says.</summary>
    /// <param name="path">Path of the index.</param>
    /// <exception cref="McdmException">
    /// <c>ShardIndexNotFound</c>, <c>ShardIndexUnreadable</c>, <c>ShardIndexInvalid</c> (not the JSON it should be, or a name twice),
    /// <c>ShardOutside</c> (a path that leaves the folder), <c>ShardMissing</c>,
    /// <c>ShardTensorMissing</c>; or a shard is refused.
    /// </exception>
    public static ShardedWeights Open(string path)
    {
        var weights = new ShardedWeights(path);
        try
        {
            weights.OpenShards();
            return weights;
        }
        catch
        {
            weights.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<long> Shape(string name) => ShardOf(name).Shape(name);

    /// <inheritdoc/>
    public ScalarType DataType(string name) => ShardOf(name).DataType(name);

    /// <inheritdoc/>
    public Tensor Read(string name, ScalarType? dataType = null) => ShardOf(name).Read(name, dataType);

    /// <summary>Closes all shards; tensors already read stay valid.</summary>
    public void Dispose()
    {
        foreach (var shard in _shards.Values) { shard.Dispose(); }
    }

    /// <summary>Whether a file is named as an index is, and begins as one does.</summary>
    internal static bool IsIndex(string path, ReadOnlySpan<byte> start) => path.EndsWith(IndexEnd, StringComparison.OrdinalIgnoreCase)
        && start.TrimStart(" \t\r\n\uFEFF"u8).StartsWith("{"u8);

    private IWeights ShardOf(string name) => _shardOf.TryGetValue(name, out var shard) ? shard : throw UnknownTensor.Of(Path, name, Names);

    private void OpenShards()
    {
        var names = new List<string>();
        foreach (var (tensor, file) in ReadMap())
        {
            if (!_shards.TryGetValue(file, out var shard)) { _shards[file] = shard = OpenShard(file); }
            if (!_shardOf.TryAdd(tensor, shard)) { throw Invalid($"names the tensor '{tensor}' twice"); }
            names.Add(tensor);
        }
        var held = _shards.ToDictionary(shard => shard.Value, shard => shard.Value.Names.ToHashSet(StringComparer.Ordinal));
        foreach (var (tensor, shard) in _shardOf)
        {
            if (!held[shard].Contains(tensor))
            {
                throw new McdmException("ShardTensorMissing", ErrorKind.InvalidData,
                    $"'{Path}' says that the tensor '{tensor}' is in '{shard.Path}', but it is not; the files are of different models, or one was cut short.");
            }
        }
        Names = names;
    }

    private IWeights OpenShard(string file)
    {
        string folder = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path))!,
            path = System.IO.Path.GetFullPath(System.IO.Path.Combine(folder, file));
        if (file.Length == 0 || file.Contains('\\', StringComparison.Ordinal) || file.Contains(':', StringComparison.Ordinal)
            || !path.StartsWith(folder.TrimEnd(System.IO.Path.DirectorySeparatorChar) + System.IO.Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            throw new McdmException("ShardOutside", ErrorKind.InvalidData, $"'{Path}' names the file '{file}', which does not lie in its own folder.");
        }
        if (file.EndsWith(IndexEnd, StringComparison.OrdinalIgnoreCase)) { throw Invalid($"names '{file}', which is no file of weights"); }
        if (!File.Exists(path))
        {
            throw new McdmException("ShardMissing", ErrorKind.NotFound,
                $"'{Path}' needs the file '{file}' beside it, which is not there; download all of the model.");
        }
        return WeightFile.Open(path);
    }

    private List<(string Tensor, string File)> ReadMap()
    {
        try
        {
            using var stream = new FileStream(Path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
            if (stream.Length > LongestIndex) { throw Invalid($"has {stream.Length} bytes, more than any index"); }
            using var json = JsonDocument.Parse(stream);
            if (json.RootElement.ValueKind != JsonValueKind.Object || !json.RootElement.TryGetProperty(Map, out var map)
                || map.ValueKind != JsonValueKind.Object)
            {
                throw Invalid($"has no {Map}");
            }
            return [.. map.EnumerateObject()
                .Select(entry => (entry.Name,
                entry.Value.ValueKind == JsonValueKind.String ? entry.Value.GetString()!
                : throw Invalid($"does not say which file the tensor '{entry.Name}' is in")))];
        }
        // GetString throws InvalidOperationException for an escaped half of a surrogate pair.
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw Invalid("is not a JSON object", e);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new McdmException("ShardIndexNotFound", ErrorKind.NotFound, $"There is no index of weights '{Path}'.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new McdmException("ShardIndexUnreadable", ErrorKind.ReadFailed, $"'{Path}' could not be read: {e.Message}", e);
        }
    }

    private McdmException Invalid(string problem, Exception? inner = null) =>
        new("ShardIndexInvalid", ErrorKind.InvalidData, $"'{Path}' {problem}; it is not an index of weights.", inner);
}
