using System.Management.Automation;

namespace Mcdm.PowerShell.Binding;

/// <summary>Refuses -SkipExisting without a path where it takes one.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class SkipExistingPathAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData) =>
        inputData is bool or SwitchParameter or PSObject { BaseObject: bool or SwitchParameter }
        ? throw new ArgumentTransformationMetadataException("Of Invoke-McdmSample, -SkipExisting is the folder that the pictures will be saved to, as in "
            + "'Invoke-McdmSample -SkipExisting ./out | Save-McdmImage ./out -SkipExisting'.")
        : inputData;
}

/// <summary>Refuses -SkipExisting with a path where it is a switch.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class SkipExistingSwitchAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData) => inputData is string or PSObject { BaseObject: string }
        ? throw new ArgumentTransformationMetadataException("Of Save-McdmImage, -SkipExisting is a switch, and the path stands for itself, as in "
            + "'Invoke-McdmSample -SkipExisting ./out | Save-McdmImage ./out -SkipExisting'.")
        : inputData;
}
