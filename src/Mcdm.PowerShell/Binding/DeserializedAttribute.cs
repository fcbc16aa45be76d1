namespace Mcdm.PowerShell.Binding;

/// <summary>Lets a parameter take what came of its objects through jobs, remoting and Import-Clixml, and say clearly why where it cannot.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class DeserializedAttribute : ItemTransformationAttribute
{
    /// <inheritdoc/>
    protected override object Convert(object item, Func<string, string> resolve) => item;
}
