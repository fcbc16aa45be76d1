using Mcdm.Sampling;

namespace Mcdm.Runs;

/// <summary>A row that pictures are to be made of.</summary>
/// <param name="Number">Its number in its file, from 1.</param>
/// <param name="Name">Its name, or what it is called without one.</param>
/// <param name="Seed">Seed of its first picture.</param>
/// <param name="Count">Its pictures.</param>
public sealed record ExpectedRow(int Number, string Name, long Seed = 0, int Count = 1)
{
    /// <summary>Why no picture can be made of it; null where that is not known.</summary>
    public McdmException? Problem { get; init; }

    /// <summary>Names of its pictures' files.</summary>
    public IEnumerable<string> Files => Enumerable.Range(0, Count).Select(k => PictureName.Safe(McdmImage.FileNameOf(Name, "", Seed + k)) + PictureName.Extension);

    /// <summary>What tells the rows of a file from those of the run's first.</summary>
    /// <param name="jobs">The file's path.</param>
    public static string PrefixOf(string jobs) => PictureName.Safe(Path.GetFileNameWithoutExtension(jobs)) + "-";

    /// <summary>What a row without a name is called.</summary>
    /// <param name="number">Its number, from 1.</param>
    /// <param name="prefix">What tells its file from the run's first.</param>
    public static string NameOf(int number, string prefix) => $"{prefix}row-{number:0000}";
}
