using System.Management.Automation;
using Mcdm.Experts;
using Mcdm.PowerShell.Binding;
using Mcdm.PowerShell.Completion;
using Mcdm.PowerShell.Hosting;

namespace Mcdm.PowerShell.Commands;

/// <summary>Unloads models and frees their memory.</summary>
[Cmdlet(VerbsCommon.Remove, "McdmModel", SupportsShouldProcess = true)]
[OutputType(typeof(void))]
public sealed class RemoveMcdmModel : McdmCmdlet
{
    /// <summary>The models to unload, or their names, with wildcards.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [Alias("Name")]
    [ModelTransformation(LoadedOnly = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(LoadedModelNames))]
    [AllowEmptyCollection]
    public Model[] Model { get; set; } = [];

    /// <inheritdoc/>
    protected override void OnProcess()
    {
        foreach (var model in Model)
        {
            if (ShouldProcess(model.Name, "Unload model")) { model.Dispose(); }
        }
    }
}
