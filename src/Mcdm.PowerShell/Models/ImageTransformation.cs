using System.Management.Automation;
using Mcdm.Generation;

namespace Mcdm.PowerShell;

/// <summary>Lets a parameter that takes images take picture files as well, by path or as file objects.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class ImageTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        try
        {
            return inputData switch
            {
                PSObject { BaseObject: not PSCustomObject } wrapped => Transform(engineIntrinsics, wrapped.BaseObject),
                object[] many => many.Select(item => Transform(engineIntrinsics, item)).ToArray(),
                FileInfo file => McdmImage.FromFile(file.FullName),
                string path => McdmImage.FromFile(engineIntrinsics.SessionState.Path.GetUnresolvedProviderPathFromPSPath(path)),
                _ => inputData,
            };
        }
        catch (McdmException e)
        {
            throw new ArgumentTransformationMetadataException(e.Message, e);
        }
    }
}
