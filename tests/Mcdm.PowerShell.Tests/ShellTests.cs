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
    public void Control_C_stops_sampling_and_lets_the_script_clean_up()
    {
        if (OperatingSystem.IsWindows()) { return; }
        (_, string output, string errors) = ShellProcess.CommandAndInterrupt("""
            $null = Import-McdmModel Faces
            try { 'started'; Invoke-McdmSample -Steps 1000 -Sampler Ddpm -Count 100 | ForEach-Object { 'a picture' } } finally { [System.Console]::WriteLine('cleaned') }
            """);
        Assert.Equal(["started", "cleaned"], output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal("", errors);
    }
}
