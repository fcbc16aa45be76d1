using System.Management.Automation;
using Mcdm.PowerShell.Hosting;
using Mcdm.Runtime;
using Mcdm.Runtime.Installation;
using static System.FormattableString;

namespace Mcdm.PowerShell.Commands;

/// <summary>Fetches the libtorch that this module was built with, where the module does not carry it.</summary>
[Cmdlet(VerbsLifecycle.Install, "McdmRuntime", SupportsShouldProcess = true)]
[OutputType(typeof(LibTorchRuntime))]
public sealed class InstallMcdmRuntime : McdmCmdlet
{
    /// <summary>Which libtorch: <c>cpu</c> or <c>cuda</c>. Without it, the one that the module was built with.</summary>
    [Parameter(Position = 0)]
    [ValidateSet("cpu", "cuda")]
    public string? Backend { get; set; }

    /// <inheritdoc/>
    protected override void OnEnd()
    {
        var (packages, folder) = LibTorchRuntime.Wanted();
        if (Backend is not null && !Backend.Equals(packages.Backend, StringComparison.OrdinalIgnoreCase))
        {
            throw new McdmException("RuntimeNotRecorded", ErrorKind.NotSupported,
                $"This module was built with libtorch for {packages.Backend}, and knows the hashes of those packages alone; for {Backend} take a module "
                    + $"that was built with -p:McdmBackend={(Backend == "cuda" ? "cuda-linux or cuda-windows" : "cpu")}.");
        }
        if (LibTorchRuntime.Find() is { } there)
        {
            WriteVerbose($"{there} is in '{there.Path}' already.");
            WriteObject(there);
            return;
        }
        if (!ShouldProcess(folder, $"Install {string.Join(", ", packages.Packages)}")) { return; }
        using (var progress = StartProgress($"Installing libtorch {packages.Version} ({packages.Backend})"))
        {
            LibTorchInstaller.Install(SessionState.Path.CurrentFileSystemLocation.ProviderPath,
                (what, done, total) =>
                    progress.Update(done, total, Invariant($"{what}: {done / 1e6:0} MB{(total > 0 ? Invariant($" of {total / 1e6:0}") : "")}")), Cancellation);
        }
        WriteObject(LibTorchRuntime.Find());
    }
}
