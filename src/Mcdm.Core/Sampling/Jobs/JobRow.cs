using Mcdm.Tables;

namespace Mcdm.Sampling.Jobs;

/// <summary>A row of which pictures are to be made, and what tells them from those of other rows.</summary>
/// <param name="Row">What it says.</param>
/// <param name="Number">Its number, from 1.</param>
/// <param name="Prefix">What tells the rows of its file from those of the run's first; nothing for that one.</param>
public sealed record JobRow(Row Row, int Number, string Prefix = "")
{
    /// <summary>The name that it gives its pictures; null where it gives none.</summary>
    public string? OwnName => Row[JobColumns.Name];

    /// <summary>What its pictures are called.</summary>
    public string Name => OwnName ?? $"{Prefix}row-{Number:0000}";

    /// <summary>What tells the rows of a file from those of a run's first.</summary>
    /// <param name="file">The file's path.</param>
    public static string PrefixOf(string file) => PictureName.Safe(Path.GetFileNameWithoutExtension(file)) + "-";

    /// <summary>An error of the row: the message begins with its number, and its name where it has one.</summary>
    public McdmException Failure(McdmException error) =>
        new(error.Id, error.Kind, $"Row {Number}{(OwnName is { } name ? $" ({name})" : "")}: {error.Message}", error) { Target = error.Target };
}
