namespace Mcdm.PowerShell.Tests;

/// <summary>What only a process of its own shows: its exit code, its standard error, the signal of Ctrl+C.</summary>
public sealed class ShellTests
{
    [Fact]
    public void Sampling_in_float32_writes_nothing_to_standard_error()
    {
        // libtorch itself would, past PowerShell's streams, on processors that NNPACK does not know.
        (int exitCode, _, string errors) = ShellProcess.Command("$faces = Import-McdmModel Faces -Precision Float32; $picture = Invoke-McdmSample -Steps 1");
        Assert.Equal((0, ""), (exitCode, errors));
    }

    [Fact]
    public void Importing_and_removing_a_model_again_and_again_takes_no_more_memory()
    {
        if (!OperatingSystem.IsLinux()) { return; }
        (_, string output, _) = ShellProcess.Command("""
            function Use-Once { $null = Import-McdmModel Faces; Remove-McdmModel Faces }
            function Measure-Memory { [GC]::Collect(); [GC]::WaitForPendingFinalizers(); [GC]::Collect(); (Get-Process -Id $PID).WorkingSet64 / 1MB }
            1..8 | ForEach-Object { Use-Once }; $before = Measure-Memory
            1..16 | ForEach-Object { Use-Once }; $after = Measure-Memory
            [int]($after - $before)
            """);
        // Megabytes, which go up and down by 15. Sixteen took about 100 more while freed blocks stayed in the process.
        Assert.InRange(int.Parse(output, System.Globalization.CultureInfo.InvariantCulture), -1000, 60);
    }

    [InterruptFact]
    public void Control_C_stops_sampling_and_lets_the_script_clean_up()
    {
        (_, string output, string errors) = ShellProcess.CommandAndInterrupt("""
            $null = Import-McdmModel Faces
            try { 'started'; Invoke-McdmSample -Steps 1000 -Sampler Ddpm -Count 100 | ForEach-Object { 'a picture' } } finally { [System.Console]::WriteLine('cleaned') }
            """);
        Assert.Equal(["started", "cleaned"], output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal("", errors);
    }
}
