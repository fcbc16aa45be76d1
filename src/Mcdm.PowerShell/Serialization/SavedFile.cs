using System.Management.Automation;
using Mcdm.Sampling;

namespace Mcdm.PowerShell.Serialization;

/// <summary>
/// A picture's file as Save-McdmImage hands it on: where it is, and what the picture was made from. Small in a list, and a file for every cmdlet that takes
/// files; what else a file has (FullName, LastWriteTime…) is hidden (Mcdm.Types.ps1xml).
/// </summary>
public sealed class SavedFile
{
    /// <summary>What such files were called before they were objects of their own.</summary>
    internal const string FormerTypeName = "Mcdm.SavedImage";

    private readonly string _fullName;

    private SavedFile(string fullName) => _fullName = fullName;

    /// <summary>The file's name.</summary>
    public string Name => System.IO.Path.GetFileName(_fullName);

    /// <summary>The full path, as parameters take it that read wildcards: brackets in it are escaped.</summary>
    public string Path => WildcardPattern.Escape(_fullName);

    /// <summary>The file's size in bytes.</summary>
    public long Length { get; private init; }

    /// <summary>Name of the model that made the picture; null for pictures that were not sampled.</summary>
    public string? Model { get; private init; }

    /// <summary>The picture's own seed; null for pictures that were not sampled.</summary>
    public long? Seed { get; private init; }

    /// <summary>Its share of its batch's sampling time; 0 for pictures that were not sampled.</summary>
    public double Seconds { get; private init; }

    /// <summary>Columns in pixels.</summary>
    public int Width { get; private init; }

    /// <summary>Rows in pixels.</summary>
    public int Height { get; private init; }

    /// <summary>The conditions, for people to read.</summary>
    public string? Conditions { get; private init; }

    /// <summary>How well the picture follows its conditions; empty where nothing is known.</summary>
    public string? Followed { get; private init; }

    /// <summary>What the conditions ask for and the picture does not show; empty where all is followed.</summary>
    public string? NotFollowed { get; private init; }

    /// <summary>What makes the picture again, as JSON; null for pictures that were not sampled.</summary>
    public string? Recipe { get; private init; }

    /// <summary>The file of a picture that has been saved.</summary>
    /// <param name="path">Its full path.</param>
    /// <param name="image">The picture.</param>
    internal static SavedFile Of(string path, McdmImage image) => new(path)
    {
        Length = new FileInfo(path).Length,
        Model = image.Model,
        Seed = image.Seed,
        Seconds = image.Seconds,
        Width = image.Width,
        Height = image.Height,
        Conditions = image.Conditions,
        Followed = image.Followed,
        NotFollowed = image.NotFollowed,
        Recipe = image.Recipe?.Essence().ToJson(),
    };

    /// <summary>The file again, on whatever machine it was.</summary>
    internal static SavedFile Restore(PSObject record)
    {
        T? Value<T>(string name) => LanguagePrimitives.TryConvertTo(record.Properties[name]?.Value, out T value) ? value : default;
        return new SavedFile(Value<string>(nameof(Path)) is { Length: > 0 } path ? WildcardPattern.Unescape(path) : Value<string>("FullName")!)
        {
            Length = Value<long>(nameof(Length)),
            Model = Value<string>(nameof(Model)),
            Seed = Value<long?>(nameof(Seed)),
            Seconds = Value<double>(nameof(Seconds)),
            Width = Value<int>(nameof(Width)),
            Height = Value<int>(nameof(Height)),
            Conditions = Value<string>(nameof(Conditions)),
            Followed = Value<string>(nameof(Followed)),
            NotFollowed = Value<string>(nameof(NotFollowed)),
            Recipe = Value<string>(nameof(Recipe)),
        };
    }

    /// <summary>The file itself.</summary>
    public static implicit operator FileInfo(SavedFile saved) => new(saved._fullName);

    /// <summary>The file's full path, as it is.</summary>
    public override string ToString() => _fullName;
}
