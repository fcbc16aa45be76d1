using Mcdm.Generation;

namespace Mcdm.PowerShell;

/// <summary>Lets a parameter that takes images take picture files as well, by path, as file objects, or as Save-McdmImage wrote them.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class ImageTransformationAttribute : ItemTransformationAttribute
{
    /// <inheritdoc/>
    protected override object Convert(object item, Func<string, string> resolve) => item switch
    {
        SavedImage saved => McdmImage.FromFile(saved.Path),
        FileInfo file => McdmImage.FromFile(file.FullName),
        string path => McdmImage.FromFile(resolve(path)),
        _ => item,
    };
}
