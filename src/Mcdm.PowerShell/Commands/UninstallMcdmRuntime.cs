using System.Management.Automation;
using Mcdm.PowerShell.Hosting;
using Mcdm.Runtime;
using Mcdm.Runtime.Installation;

namespace Mcdm.PowerShell.Commands;

/// <summary>Removes the libtorch that Install-McdmRuntime fetched.</summary>
[Cmdlet(VerbsLifecycle.Uninstall, "McdmRuntime", SupportsShouldProcess = true)]
[OutputType(typeof(void))]
public sealed class UninstallMcdmRuntime : McdmCmdlet
{
    /// <inheritdoc/>
    protected override void OnEnd()
    {
        var (_, folder) = LibTorchRuntime.Wanted();
        if (LibTorchRuntime.Find() is { IsPartOfModule: false } used && Engine.HasStarted)
        {
            throw new McdmException("RuntimeInUse", ErrorKind.NotSupported, $"{used} is in use by this session; run Uninstall-McdmRuntime in a new one.");
        }
        if (ShouldProcess(folder, "Remove") && LibTorchInstaller.Remove(folder) is { } left)
        {
            WriteWarning($"libtorch is removed, but '{left}' is open in another program; the next Install-McdmRuntime or Uninstall-McdmRuntime deletes it.");
        }
    }
}
