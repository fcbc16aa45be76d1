using System.Management.Automation;

namespace Mcdm.PowerShell.Tests;

[Collection(PowerShellEngine.Collection)]
public class RunningTests
{
    private readonly PowerShellEngine _engine;

    public RunningTests(PowerShellEngine engine)
    {
        _engine = engine;
        File.WriteAllText(Path.Combine(engine.Reset(), "a"), "");
    }

    [Fact]
    public void ProgressTellsHowFarAndHowLongAndGoesAway()
    {
        IReadOnlyList<ProgressRecord> progress = _engine.Invoke("Test-Probe a").WithoutErrors().Progress;
        Assert.Equal(2, progress.Count);
        Assert.Equal(("Probing", "a quarter", 25), (progress[0].Activity, progress[0].StatusDescription, progress[0].PercentComplete));
        Assert.True(progress[0].SecondsRemaining >= 0);
        Assert.Equal(ProgressRecordType.Completed, progress[1].RecordType);
    }

    [Fact]
    public void StoppingEndsTheCommandAndFreesIt()
    {
        List<string> log = [];
        EngineResult result = _engine.InvokeAndStopAtFirstProgress("param($log) Test-Probe a -Forever -Log $log", ("log", log));
        Assert.True(result.Stopped);
        Assert.Empty(result.Output);
        Assert.Empty(result.Errors);
        Assert.Equal(["disposed"], log);
    }

    [Fact]
    public void AFailureFreesTheCommandToo()
    {
        List<string> log = [];
        _engine.Invoke("param($log) Test-Probe nope -Log $log", ("log", log));
        Assert.Equal(["disposed"], log);
    }
}
