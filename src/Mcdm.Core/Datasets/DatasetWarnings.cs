namespace Mcdm.Datasets;

/// <summary>
/// What reading a dataset's files showed that may not be meant: the first file of a kind is told of at once, and how many there are when that is asked
/// for.
/// </summary>
public sealed class DatasetWarnings
{
    private readonly Dictionary<DatasetWarning, HashSet<string>> _files = [];

    /// <summary>Receives sentences; null for nobody.</summary>
    public Action<string>? Told { get; set; }

    /// <summary>Tells of each kind of which more than one file was found since the last time.</summary>
    public void TellCounts()
    {
        foreach (var (warning, files) in _files.Where(pair => pair.Value.Count > 1))
        {
            Told?.Invoke($"{files.Count} {warning.Many}, the first of them '{files.First()}'.");
        }
        _files.Clear();
    }

    internal void Add(DatasetWarning warning, string path)
    {
        if (!_files.TryGetValue(warning, out var files)) { _files[warning] = files = []; }
        if (files.Add(path) && files.Count == 1) { Told?.Invoke($"'{path}' {warning.One}."); }
    }
}

/// <summary>A kind of warning, said after a file's name and after a number.</summary>
internal sealed record DatasetWarning(string One, string Many)
{
    public static readonly DatasetWarning
        NoPart = new("has no pixel of its part", "part files have no pixel of their part"),
        AllPart = new("has its part at every pixel", "part files have their part at every pixel"),
        NoLine = new("is a sketch without a line: nothing stands out from its paper", "sketches have no line"),
        LossyMask = new("keeps colours only roughly, as JPEG does: pixels near a part's colour are taken for that part, the others are unknown; PNG keeps "
            + "masks exactly",
            "masks keep colours only roughly; PNG keeps them exactly");
}
