using System.Management.Automation;
using Mcdm.Sampling;

namespace Mcdm.PowerShell.Serialization;

/// <summary>A picture's file as Save-McdmImage hands it on: what Get-Item gives, and with it what the picture was made from.</summary>
public sealed class SavedFile
{
    /// <summary>The name by which formats and help know such files.</summary>
    internal const string TypeName = "Mcdm.SavedImage";

    private SavedFile()
    {
    }

    /// <summary>Adds to a file what it was saved from.</summary>
    /// <param name="file">What Get-Item gives.</param>
    /// <param name="image">The picture.</param>
    internal static PSObject Of(PSObject file, McdmImage image) => Decorate(file, image.Seed, image.Seconds, image.Conditions, image.Recipe?.ToJson());

    /// <summary>The file again, on whatever machine it was.</summary>
    internal static PSObject Restore(PSObject record)
    {
        object? Value(string name) => Wrapper.Without(record.Properties[name]?.Value);
        var file = PSObject.AsPSObject(new FileInfo($"{Value("FullName")}"));
        file.Properties.Add(new PSNoteProperty("PSPath", Value("PSPath")));
        return Decorate(file, Value("Seed"), Value("Seconds"), Value("Conditions"), Value("Recipe"));
    }

    private static PSObject Decorate(PSObject file, object? seed, object? seconds, object? conditions, object? recipe)
    {
        file.TypeNames.Insert(0, TypeName);
        foreach (var (name, value) in new[] { ("Seed", seed), ("Seconds", seconds), ("Conditions", conditions), ("Recipe", recipe) })
        {
            file.Properties.Add(new PSNoteProperty(name, value));
        }
        return file;
    }
}
