using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Reflection;
using Mcdm.PowerShell.Hosting;
using Shell = System.Management.Automation.PowerShell;

namespace Mcdm.PowerShell.Tests;

[Collection(PowerShellEngine.Collection)]
public class ImportTests(PowerShellEngine engine)
{
    [Fact]
    public void ExportsExactlyTheCmdletsOfTheAssembly()
    {
        string[] implemented = [.. typeof(McdmCmdlet).Assembly.GetTypes()
            .Select(type => type.GetCustomAttribute<CmdletAttribute>()).OfType<CmdletAttribute>()
            .Select(attribute => $"{attribute.VerbName}-{attribute.NounName}").Order()];
        string[] exported = [.. engine.Invoke("(Get-Module Mcdm).ExportedCommands.Keys").WithoutErrors().Output.Select(name => (string)name.BaseObject).Order()];
        Assert.Equal(implemented, exported);
    }

    [Fact]
    public void ExportsTheSameWhenImportedAgain()
    {
        EngineResult result = engine.Invoke("""
            param($manifest)
            $before = (Get-Module Mcdm).ExportedCommands.Count
            Import-Module $manifest -Force
            (Get-Module Mcdm).ExportedCommands.Count - $before
            """, ("manifest", Checkout.Manifest));
        Assert.Equal(0, result.WithoutErrors().Only<int>());
    }

    [Fact]
    public void StartsNeitherLibtorchNorTheImageLibrary()
    {
        (int exitCode, string output, _) = ShellProcess.Command("""
            (Get-Module Mcdm).Name
            [System.AppDomain]::CurrentDomain.GetAssemblies().ForEach({ $_.GetName().Name })
            if ([System.OperatingSystem]::IsLinux()) { [System.IO.File]::ReadAllText('/proc/self/maps') } else { (Get-Process -Id $PID).Modules.ModuleName }
            """);
        Assert.Equal(0, exitCode);
        Assert.StartsWith("Mcdm", output, StringComparison.Ordinal);
        Assert.Contains("Mcdm.PowerShell", output, StringComparison.Ordinal);
        // To list a class, the runtime of Windows loads the assembly of its base class, managed code alone; what is slow is libtorch.
        Assert.DoesNotContain(OperatingSystem.IsWindows() ? "LibTorchSharp" : "TorchSharp", output, StringComparison.Ordinal);
        Assert.DoesNotContain(OperatingSystem.IsWindows() ? "torch_cpu" : "libtorch", output, StringComparison.Ordinal);
        Assert.DoesNotContain("Skia", output, StringComparison.Ordinal);
    }

    [Fact]
    public void SaysHowToBuildWhenItIsNotBuilt()
    {
        string copy = Path.Combine(engine.Reset(), "Mcdm");
        Directory.CreateDirectory(Path.Combine(copy, "module"));
        foreach (string file in (string[])["Mcdm.psd1", "module/Mcdm.psm1", "module/Mcdm.Format.ps1xml", "module/Mcdm.Types.ps1xml"])
        {
            File.Copy(Path.Combine(Checkout.Root, file), Path.Combine(copy, file));
        }
        using Shell shell = Shell.Create(InitialSessionState.CreateDefault2());
        shell.AddCommand("Import-Module").AddParameter("Name", Path.Combine(copy, "Mcdm.psd1"));
        RuntimeException error = Assert.ThrowsAny<RuntimeException>(() => shell.Invoke());
        Assert.Equal($"Mcdm is not built: run 'dotnet build' in '{copy}', then import the module again.", error.Message);
        Assert.StartsWith("McdmNotBuilt", error.ErrorRecord.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Empty(shell.Streams.Error);
    }

    [Fact]
    public void TheManifestIsValid() => engine.Invoke("param($manifest) Test-ModuleManifest $manifest", ("manifest", Checkout.Manifest)).WithoutErrors();
}
