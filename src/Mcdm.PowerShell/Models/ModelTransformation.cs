using System.Management.Automation;
using Mcdm.Experts;

namespace Mcdm.PowerShell;

/// <summary>Lets a parameter that takes a model take the name of a loaded one.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class ModelTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData) => inputData switch
    {
        PSObject { BaseObject: not PSCustomObject } wrapped => Transform(engineIntrinsics, wrapped.BaseObject),
        string name => ModelLibrary.FindLoaded(name) ?? throw new ArgumentTransformationMetadataException(
            $"No model named '{name}' is loaded{Hint()}; import it first: Import-McdmModel {name}."),
        object[] many => many.Select(item => Transform(engineIntrinsics, item)).ToArray(),
        _ => inputData,
    };

    private static string Hint()
    {
        var loaded = ModelLibrary.Loaded;
        return loaded.Count == 0 ? "" : $" (loaded: {string.Join(", ", loaded.Select(model => model.Name).Distinct())})";
    }
}
