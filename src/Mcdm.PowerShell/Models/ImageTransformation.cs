using Mcdm.Generation;

namespace Mcdm.PowerShell;

/// <summary>Lets a parameter that takes images take picture files as well, by path or as file objects.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class ImageTransformationAttribute : ItemTransformationAttribute
{
    /// <inheritdoc/>
    protected override object Convert(object item, Func<string, string> resolve) => item switch
    {
        FileInfo file => McdmImage.FromFile(file.FullName),
        string path => McdmImage.FromFile(resolve(path)),
        _ => item,
    };
}
