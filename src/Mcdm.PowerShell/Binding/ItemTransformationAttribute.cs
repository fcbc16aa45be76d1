using System.Collections;
using System.Management.Automation;
using Mcdm.PowerShell.Serialization;

namespace Mcdm.PowerShell.Binding;

/// <summary>Lets a parameter take, besides its own type, what stands for it: a name, a path, a file. Arrays are converted item by item.</summary>
public abstract class ItemTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public sealed override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        try
        {
            return inputData switch
            {
                PSObject { BaseObject: not PSCustomObject } wrapped => Transform(engineIntrinsics, wrapped.BaseObject),
                PSObject foreign when SerializedObject.IsForeign(foreign) => Transform(engineIntrinsics, SerializedObject.Restore(foreign)),
                // Lists that came from another session are no arrays.
                ArrayList many => Transform(engineIntrinsics, many.ToArray()),
                object[] many => many.Select(item => Transform(engineIntrinsics, item))
                    .SelectMany(item => item is object[] several ? several : [item]).ToArray(),
                _ => Convert(inputData, path => Resolve(engineIntrinsics.SessionState.Path, path)),
            };
        }
        catch (Exception e) when (e is McdmException or PSInvalidCastException)
        {
            throw new ArgumentTransformationMetadataException(e.Message, e);
        }
    }

    /// <summary>The full path; one with escaped brackets, as lists of saved files have it, is one without.</summary>
    private static string Resolve(PathIntrinsics paths, string path)
    {
        string full = paths.GetUnresolvedProviderPathFromPSPath(path);
        return !Path.Exists(full) && WildcardPattern.Unescape(full) is var plain && Path.Exists(plain) ? plain : full;
    }

    /// <summary>What an item stands for; the item itself where it stands for nothing else.</summary>
    /// <param name="item">The argument, or one of several.</param>
    /// <param name="resolve">Turns a path of the session into a full one.</param>
    /// <exception cref="McdmException">It names something that is not there or cannot be read.</exception>
    protected abstract object Convert(object item, Func<string, string> resolve);
}
