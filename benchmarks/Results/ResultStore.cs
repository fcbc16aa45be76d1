using System.Text.Json;
using System.Text.Json.Serialization;

namespace Mcdm.Benchmarks.Results;

/// <summary>The rows that have been measured, a JSON file each, with the first pictures beside it.</summary>
internal sealed class ResultStore
{
    private static readonly JsonSerializerOptions s_json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter() },
    };

    private readonly string _folder;

    public ResultStore(string folder)
    {
        _folder = folder;
        Directory.CreateDirectory(folder);
    }

    /// <summary>The row as it was measured; null where it was not.</summary>
    public RowResult? Find(ResultRow row) => File.Exists(PathOf(row, "json")) ? JsonSerializer.Deserialize<RowResult>(File.ReadAllText(PathOf(row, "json")), s_json) : null;

    /// <summary>Where the row's first pictures are.</summary>
    public string StripOf(ResultRow row) => PathOf(row, "png");

    public void Write(RowResult result) => AtomicFile.WriteText(PathOf(result.Row, "json"), JsonSerializer.Serialize(result, s_json) + "\n");

    /// <summary>Makes a row this process's own; null where another process has it. The system lets go of it when the process ends, however it ends.</summary>
    public IDisposable? Claim(ResultRow row)
    {
        try
        {
            return new FileStream(PathOf(row, "claim"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private string PathOf(ResultRow row, string extension) => Path.Combine(_folder, $"{row.Key}.{extension}");
}
