using System.Text.Json;
using System.Text.Json.Serialization;
using Mcdm.Files;

namespace Mcdm.Benchmarks.Results;

/// <summary>The rows that have been measured, a line of JSON each in one file, in the order of their keys; strips of pictures lie beside it. Several processes may measure at once.</summary>
internal sealed class ResultStore
{
    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter() },
    };

    /// <summary>Writing the file takes milliseconds; who waits longer has met another failure.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1), s_betweenTries = TimeSpan.FromMilliseconds(20);

    private readonly string _folder;

    public ResultStore(string folder)
    {
        _folder = folder;
        Directory.CreateDirectory(folder);
    }

    private string RowsPath => PathOf("rows.jsonl");

    /// <summary>All rows as they were measured, by what made them, as the file has them now.</summary>
    public IReadOnlyDictionary<ResultRow, RowResult> Read() =>
        (File.Exists(RowsPath) ? File.ReadLines(RowsPath) : []).Select(line => JsonSerializer.Deserialize<RowResult>(line, s_json)!).ToDictionary(result => result.Row);

    /// <summary>Where the row's first pictures are.</summary>
    public string StripOf(ResultRow row) => PathOf($"{row.Key}.png");

    /// <summary>Adds a row, or replaces it: nobody reads half of the file, and no row that another process writes meanwhile is lost.</summary>
    /// <exception cref="IOException">The file could not be had or written; it is as it was.</exception>
    public void Write(RowResult result)
    {
        using var turn = WaitForTurn();
        var rows = new Dictionary<ResultRow, RowResult>(Read()) { [result.Row] = result };
        var lines = rows.Values.OrderBy(row => row.Row.Key, StringComparer.Ordinal).Select(row => JsonSerializer.Serialize(row, s_json) + "\n");
        AtomicFile.WriteText(RowsPath, string.Concat(lines));
    }

    /// <summary>Makes a row this process's own; null where another process has it. The system lets go of it when the process ends, however it ends.</summary>
    public IDisposable? Claim(ResultRow row)
    {
        try
        {
            return Own(row.Key);
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Makes the file of rows this process's own, once whoever has it is done.</summary>
    private FileStream WaitForTurn()
    {
        var giveUp = DateTime.UtcNow + s_patience;
        while (true)
        {
            try
            {
                return Own("rows");
            }
            catch (IOException) when (DateTime.UtcNow < giveUp)
            {
                Thread.Sleep(s_betweenTries);
            }
        }
    }

    private FileStream Own(string name) => new(PathOf($"{name}.claim"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);

    private string PathOf(string name) => Path.Combine(_folder, name);
}
