namespace Mcdm.PowerShell.Tests;

public sealed class HostTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mcdm host's ").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("'done'", 0)]
    [InlineData("exit 3", 3)]
    [InlineData("'a'; exit 0", 0)]
    [InlineData("throw 'broken'", 1)]
    [InlineData("if (", 1)]
    [InlineData("[CmdletBinding()] param([Parameter(Mandatory)][int] $Number)", 1)]
    [InlineData("Get-McdmDevice nope; 'after'", 0)]
    [InlineData("$ErrorActionPreference = 'Stop'; Get-McdmDevice nope; 'after'", 1)]
    public void TheExitCodeIsTheScripts(string script, int expected) => Assert.Equal(expected, HostProcess.Run(Script(script)).ExitCode);

    [Fact]
    public void ArgumentsArriveAsTheyWereTyped()
    {
        string script = Script("""
            param([string] $Text, [string[]] $Part, [int] $Count, [switch] $Loud, [switch] $Quiet, [double] $Weight = 1, [Parameter(ValueFromRemainingArguments)] $Rest)
            "[$Text] [$($Part -join '+')] $($Part.Count) $($Count + 1) $Loud $Quiet $Weight [$($Rest -join '+')]"
            """);
        (int exitCode, string output, string errors) = HostProcess.Run(
            script, "-Text", "it's $(1), \"so\"", "-Part", "Hair,Mouth", "-Count", "4", "-Loud", "-Quiet:$false", "-Weight", "-0.5", "x y", "z");
        Assert.Equal("[it's $(1), \"so\"] [Hair+Mouth] 2 5 True False -0.5 [x y+z]", output.Trim());
        Assert.Equal((0, ""), (exitCode, errors));
    }

    [Fact]
    public void TheScriptKnowsItsPlaceAndTheUsersPlace()
    {
        string script = Script("\"$PSScriptRoot|$PWD|$($MyInvocation.MyCommand.Path)\"");
        Assert.Equal($"{_folder}|{Path.GetTempPath().TrimEnd('/')}|{script}", HostProcess.Run(script).Output.Trim());
    }

    [Fact]
    public void ResultsGoToStandardOutputAndMessagesToStandardError()
    {
        (_, string output, string errors) = HostProcess.Run(Script("""
            [CmdletBinding()] param()
            Get-McdmDevice cpu
            Get-McdmDevice nope
            $PSCmdlet.WriteWarning('careful')
            $PSCmdlet.WriteVerbose('detail')
            """), "-Verbose");
        Assert.Matches(@"Name +Default +Cores +Memory +Precisions", output);
        Assert.DoesNotContain("nope", output, StringComparison.Ordinal);
        Assert.Contains("There is no device 'nope' here.", errors, StringComparison.Ordinal);
        Assert.Contains("WARNING: careful", errors, StringComparison.Ordinal);
        Assert.Contains("VERBOSE: detail", errors, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', output + errors);
    }

    [Fact]
    public void SamplingInFloat32WritesNothingToStandardError()
    {
        // libtorch itself would, past PowerShell's streams, on processors that NNPACK does not know.
        (int exitCode, _, string errors) = HostProcess.Run("-Command", "$faces = Import-McdmModel Faces -Precision Float32; $picture = Invoke-McdmSample -Steps 1");
        Assert.Equal((0, ""), (exitCode, errors));
    }

    [Fact]
    public void ALogKeepsWhatWasShownWithTimesAndHowTheRunEnded()
    {
        string log = Path.Combine(_folder, "nightly.log");
        string script = Script("""
            [CmdletBinding()] param()
            'made 2 pictures'
            Get-McdmDevice cpu | ForEach-Object Name
            $PSCmdlet.WriteWarning('careful')
            Get-McdmDevice nope
            exit 3
            """);
        for (int run = 0; run < 2; run++) { Assert.Equal(3, HostProcess.Run("-Log", log, script).ExitCode); }
        string[] lines = File.ReadAllLines(log);
        Assert.All(lines, line => Assert.Matches(@"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[+-]\d\d:\d\d (RUN|OUTPUT|WARNING|ERROR) ", line));
        string[] said = [.. lines.Take(lines.Length / 2).Select(line => line[26..])];
        Assert.Equal($"RUN     begins: {script}", said[0]);
        Assert.Equal(["OUTPUT  made 2 pictures", "OUTPUT  cpu"], said.Where(line => line.StartsWith("OUTPUT", StringComparison.Ordinal)));
        Assert.Contains("WARNING careful", said);
        Assert.Contains(said, line => line.StartsWith("ERROR", StringComparison.Ordinal) && line.Contains("There is no device 'nope' here.", StringComparison.Ordinal));
        Assert.Matches(@"^RUN     ends after \d+\.\d s with exit code 3$", said[^1]);
        Assert.DoesNotContain('\e', string.Concat(said));
        (int exitCode, _, string errors) = HostProcess.Run("-Log", Path.Combine(_folder, "no", "folder.log"), script);
        Assert.Equal(2, exitCode);
        Assert.Contains("cannot be written", errors, StringComparison.Ordinal);
    }

    [Fact]
    public void ATerminatingErrorIsShownOnceWithItsPlace()
    {
        (_, string output, string errors) = HostProcess.Run(Script("'before'\nthrow 'broken glass'\n'after'"));
        Assert.Equal("before", output.Trim());
        Assert.Equal(2, errors.Split("broken glass").Length - 1);
        Assert.Contains("script.ps1:2", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("$d = Get-McdmDevice cpu; $d.Name", 0, "cpu")]
    [InlineData("exit 4", 4, "")]
    [InlineData("'a'; Get-McdmDevice nope", 1, "a")]
    [InlineData("'a' # ends in a comment", 0, "a")]
    public void RunsACommand(string command, int expectedExitCode, string expectedOutput)
    {
        (int exitCode, string output, _) = HostProcess.Run("-Command", command);
        Assert.Equal((expectedExitCode, expectedOutput), (exitCode, output.Trim()));
    }

    [Theory]
    [InlineData("missing.ps1")]
    [InlineData("-Nonsense")]
    [InlineData("-Command")]
    [InlineData("/")]
    public void AWrongCommandLineExplainsTheUsage(string argument)
    {
        (int exitCode, string output, string errors) = HostProcess.Run(argument);
        Assert.Equal((2, ""), (exitCode, output));
        Assert.Contains("dotnet run --project src/Mcdm.Host -- script.ps1", errors, StringComparison.Ordinal);
        Assert.Equal(2, HostProcess.Run().ExitCode);
    }

    [Theory]
    [InlineData("y\n", "burnt")]
    [InlineData("n\n", "")]
    [InlineData("what\nY\n", "burnt")]
    [InlineData("", "")]
    public void AsksBeforeItActs(string answer, string expected)
    {
        string script = Script("""
            function Burn { [CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'High')] param() if ($PSCmdlet.ShouldProcess('house')) { 'burnt' } }
            Burn
            """);
        Assert.Equal(expected, HostProcess.Run(answer, [script]).Output.Trim());
    }

    [Fact]
    public void CtrlCStopsTheScriptAndLetsItCleanUp()
    {
        if (OperatingSystem.IsWindows()) { return; }
        string script = Script("try { 'started'; while ($true) { [System.Threading.Thread]::Sleep(20) } } finally { [System.Console]::WriteLine('cleaned') }");
        (int exitCode, string output, string errors) = HostProcess.RunAndInterrupt(script);
        Assert.Equal(["started", "cleaned"], output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal((130, ""), (exitCode, errors));
    }

    private string Script(string text)
    {
        string path = Path.Combine(_folder, "script.ps1");
        File.WriteAllText(path, text);
        return path;
    }
}
