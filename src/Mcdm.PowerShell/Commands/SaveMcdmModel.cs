using System.Management.Automation;
using Mcdm.PowerShell.Hosting;

namespace Mcdm.PowerShell.Commands;

/// <summary>Downloads a model from a hub into the cache that other programs share, and gives its folder.</summary>
[Cmdlet(VerbsData.Save, "McdmModel", SupportsShouldProcess = true)]
[OutputType(typeof(DirectoryInfo))]
public sealed class SaveMcdmModel : HubCmdlet
{
    /// <summary>The repositories, owner/name.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string[] Repository { get; set; } = [];

    /// <summary>A branch, a tag or a commit.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string Revision { get; set; } = "main";

    /// <summary>Files that are wanted, with wildcards; those that a model needs by default.</summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Include { get; set; } = [];

    /// <summary>Weights that are preferred where there are such.</summary>
    [Parameter]
    [ValidateSet("fp16", "bf16")]
    public string? Variant { get; set; }

    /// <inheritdoc/>
    protected override void OnProcess()
    {
        foreach (string id in Repository)
        {
            Attempt(id, () =>
            {
                if (Fetch(id, Revision, Include, Variant, ShouldProcess) is { } folder) { WriteObject(Item(folder)); }
            });
        }
    }
}
