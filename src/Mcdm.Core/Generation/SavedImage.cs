namespace Mcdm.Generation;

/// <summary>A picture that was written to a file.</summary>
public sealed record SavedImage
{
    /// <summary>The file, as a full path.</summary>
    public required string Path { get; init; }

    /// <summary>The file's name.</summary>
    public string Name => System.IO.Path.GetFileName(Path);

    /// <summary>The picture's own seed; null for pictures that were not sampled.</summary>
    public long? Seed { get; init; }

    /// <summary>Its share of its batch's sampling time, in seconds; 0 for pictures that were not sampled.</summary>
    public double Seconds { get; init; }

    /// <summary>The conditions, for people to read.</summary>
    public string Conditions { get; init; } = "";

    /// <summary>The recipe as JSON, which Invoke-McdmSample takes; null for pictures that were not sampled.</summary>
    public string? Recipe { get; init; }

    /// <summary>The file's path.</summary>
    public override string ToString() => Path;
}
