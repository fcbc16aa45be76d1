using Mcdm.Runtime;

namespace Mcdm.PowerShell.Tests;

[Collection(PowerShellEngine.Collection)]
public class GetMcdmDeviceTests(PowerShellEngine engine)
{
    [Fact]
    public void ListsTheProcessorFirst()
    {
        ComputeDevice cpu = Assert.IsType<ComputeDevice>(engine.Invoke("Get-McdmDevice").WithoutErrors().Output[0].BaseObject);
        Assert.Equal(("cpu", "cpu"), (cpu.Name, cpu.Kind));
        Assert.InRange(cpu.Cores!.Value, 1, Environment.ProcessorCount);
        Assert.Equal(Engine.Threads, cpu.Threads);
        Assert.True(cpu.Memory > 0);
        Assert.Contains("float32", cpu.Precisions);
        Assert.Equal(cpu.Precisions.Contains("bfloat16"), cpu.SupportsBFloat16);
    }

    [Fact]
    public void ExactlyOneIsTheDefault() => Assert.Single(ComputeDevice.List(), device => device.IsDefault);

    [Theory]
    [InlineData("Get-McdmDevice CPU")]
    [InlineData("Get-McdmDevice c?u")]
    [InlineData("'cpu' | Get-McdmDevice")]
    [InlineData("[pscustomobject]@{ Name = 'cpu' } | Get-McdmDevice")]
    public void FindsByName(string script) => Assert.Equal("cpu", engine.Invoke(script).WithoutErrors().Only<ComputeDevice>().Name);

    [Fact]
    public void AnUnknownNameListsTheRightOnes()
    {
        EngineResult result = engine.Invoke("Get-McdmDevice nope, cpu");
        Assert.Equal(["UnknownDevice"], result.ErrorIds);
        Assert.Contains("cpu", result.Errors[0].ToString(), StringComparison.Ordinal);
        Assert.Single(result.Output);
    }

    [Fact]
    public void PrintsAsATable()
    {
        IReadOnlyList<string> lines = engine.Invoke("Get-McdmDevice | Out-Default").WithoutErrors().HostLines;
        Assert.Matches(@"^Name +Default +Cores +Memory Precisions +Description", lines[0]);
        Assert.Matches(@"^cpu +(yes)? +\d+ +\d+\.\d GiB float32", lines[2]);
    }

    [Fact]
    public void StartsTheEngine()
    {
        Assert.Equal("cpu", engine.Invoke("(Get-McdmDevice cpu).ToTorch().ToString()").WithoutErrors().Only<string>());
        Assert.Equal("cpu", engine.Invoke("(Get-McdmDevice cpu).ToTorch().ToString()").WithoutErrors().Only<string>());
    }

    [Fact]
    public void WithoutAGpuTheProcessorStandsInWithAWarningThatSaysWhy()
    {
        if (ComputeDevice.List().Count > 1) { return; }
        string model = Commands.TinyModel.Folder(engine);
        var result = engine.Invoke("param($path) $m = Import-McdmModel -Path $path -Device cuda -Force; \"$($m.Device)\"; $m | Remove-McdmModel", ("path", model)).WithoutErrors();
        Assert.Equal("cpu", result.Only<string>());
        Assert.Contains("McdmBackend=cuda", Assert.Single(result.Warnings), StringComparison.Ordinal);
        Assert.Equal(["UnknownDevice"], engine.Invoke("param($path) Import-McdmModel -Path $path -Device tpu", ("path", model)).ErrorIds);
        Assert.Equal(["UnknownDevice"], engine.Invoke("Get-McdmDevice cuda").ErrorIds);
    }
}
