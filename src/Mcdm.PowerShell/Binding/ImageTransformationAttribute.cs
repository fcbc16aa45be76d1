using System.Management.Automation;
using Mcdm.Datasets;
using Mcdm.Display.Sheets;
using Mcdm.Evaluation;
using Mcdm.PowerShell.Serialization;
using Mcdm.Sampling;

namespace Mcdm.PowerShell.Binding;

/// <summary>Lets a parameter that takes images take picture files as well, by path, as file objects, or as rows of an exported list of files.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class ImageTransformationAttribute : ItemTransformationAttribute
{
    /// <summary>Whether a dataset stands for the sheet of what a network that learns from it will see.</summary>
    public bool TakesDatasets { get; init; }

    /// <inheritdoc/>
    protected override object Convert(object item, Func<string, string> resolve) => item switch
    {
        SavedFile file => McdmImage.FromFile(file.ToString()),
        FileInfo file => McdmImage.FromFile(file.FullName),
        string path => McdmImage.FromFile(resolve(path)),
        ImageMeasurement { Path: { } path } => McdmImage.FromFile(path),
        PSObject row when FileRow.PathOf(row) is { } path => McdmImage.FromFile(resolve(path)),
        PictureDataset dataset when TakesDatasets => new McdmImage(TrainingSheet.Of(dataset)) { Name = TrainingSheet.Name },
        _ => item,
    };
}
