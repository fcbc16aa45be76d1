using System.Management.Automation;
using Mcdm.PowerShell.Completion;
using Mcdm.PowerShell.Hosting;
using Mcdm.Runtime;

namespace Mcdm.PowerShell.Commands;

/// <summary>Lists the devices that can run a model.</summary>
[Cmdlet(VerbsCommon.Get, "McdmDevice")]
[OutputType(typeof(ComputeDevice))]
public sealed class GetMcdmDevice : McdmCmdlet
{
    /// <summary>Names of devices; wildcards are allowed. Without it, all devices.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(DeviceNames))]
    public string[] Name { get; set; } = ["*"];

    /// <inheritdoc/>
    protected override void OnProcess()
    {
        foreach (string name in Name) { Attempt(name, () => WriteObject(Find(name), enumerateCollection: true)); }
    }

    private IEnumerable<ComputeDevice> Find(string name)
    {
        if (ComputeDevice.List() is [{ Backend: "cuda", Note: { } why }]) { WriteWarning($"This build is for GPUs and computes on the processor: {why}."); }
        if (!WildcardPattern.ContainsWildcardCharacters(name)) { return [ComputeDevice.Find(name)]; }
        WildcardPattern pattern = new(name, WildcardOptions.IgnoreCase);
        return ComputeDevice.List().Where(device => pattern.IsMatch(device.Name));
    }
}
