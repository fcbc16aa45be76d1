using System.Management.Automation;
using Mcdm.Generation;

namespace Mcdm.PowerShell;

/// <summary>Lets a parameter that takes a recipe take a sampled image, a saved PNG (path or file), or the recipe's JSON.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class RecipeTransformationAttribute : ArgumentTransformationAttribute
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
                McdmImage { Recipe: { } recipe } => recipe,
                FileInfo file => Recipe.FromPng(file.FullName),
                string text when text.AsSpan().TrimStart().StartsWith("{") => Recipe.FromJson(text),
                string path => Recipe.FromPng(engineIntrinsics.SessionState.Path.GetUnresolvedProviderPathFromPSPath(path)),
                _ => inputData,
            };
        }
        catch (McdmException e)
        {
            throw new ArgumentTransformationMetadataException(e.Message, e);
        }
    }
}
