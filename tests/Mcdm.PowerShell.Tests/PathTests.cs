namespace Mcdm.PowerShell.Tests;

[Collection(PowerShellEngine.Collection)]
public class PathTests
{
    private readonly PowerShellEngine _engine;
    private readonly string _folder;

    public PathTests(PowerShellEngine engine)
    {
        _engine = engine;
        _folder = engine.Reset();
        foreach (string name in (string[])["a1.png", "a2.png", "b.txt", "[odd].png", "o.png"]) { File.WriteAllText(Path.Combine(_folder, name), ""); }
    }

    [Theory]
    [InlineData("Test-Probe a1.png", "a1.png")]
    [InlineData("Test-Probe a?.png", "a1.png a2.png")]
    [InlineData("Test-Probe a*.png, b.txt", "a1.png a2.png b.txt")]
    [InlineData("Test-Probe '[o]*.png'", "o.png")]
    [InlineData("Test-Probe -LiteralPath '[odd].png'", "[odd].png")]
    [InlineData("Test-Probe '[odd].png'", "[odd].png")]
    [InlineData("Test-Probe -LP a1.png", "a1.png")]
    [InlineData("'a1.png', 'b.txt' | Test-Probe", "a1.png b.txt")]
    [InlineData("[pscustomobject]@{ PSPath = '[odd].png' } | Test-Probe", "[odd].png")]
    [InlineData("[pscustomobject]@{ LiteralPath = 'o.png' } | Test-Probe", "o.png")]
    [InlineData("[System.IO.FileInfo]::new(\"$PWD/b.txt\") | Test-Probe", "b.txt")]
    [InlineData("Test-Probe FileSystem::$PWD/o.png", "o.png")]
    public void ResolvesAgainstTheCurrentLocation(string script, string expected)
    {
        EngineResult result = _engine.Invoke(script).WithoutErrors();
        // PowerShell leaves what follows a provider's name as it is, '/' on Windows too.
        Assert.Equal(expected.Split(' ').Select(name => Path.Combine(_folder, name)), result.Output.Select(path => Path.GetFullPath((string)path.BaseObject)));
    }

    [Theory]
    [InlineData("Test-Probe nope.png", "PathNotFound")]
    [InlineData("Test-Probe nope*.png", "PathNotFound")]
    [InlineData("Test-Probe -LiteralPath 'a?.png'", "PathNotFound")]
    [InlineData("Test-Probe env:PATH", "NotAFileSystemPath")]
    [InlineData("Test-Probe -LiteralPath env:PATH", "NotAFileSystemPath")]
    [InlineData("Test-Probe nodrive:/x", "DriveNotFound")]
    [InlineData("Test-Probe NoProvider::x", "DriveNotFound")]
    public void RefusesWhatIsNoFile(string script, string id)
    {
        EngineResult result = _engine.Invoke(script);
        Assert.Empty(result.Output);
        Assert.Equal([id], result.ErrorIds);
    }

    [Fact]
    public void OneMissingFileDoesNotStopTheOthers()
    {
        EngineResult result = _engine.Invoke("'a1.png', 'nope', 'b.txt' | Test-Probe");
        Assert.Equal(2, result.Output.Count);
        Assert.Equal("nope", Assert.Single(result.Errors).TargetObject);
    }

    [Theory]
    [InlineData("new/folder", "new/folder")]
    [InlineData("[x]", "[x]")]
    [InlineData("./y", "y")]
    public void AnOutputNeedNotExist(string given, string expected)
    {
        EngineResult result = _engine.Invoke("param($out) Test-Probe o.png -Output $out", ("out", given)).WithoutErrors();
        Assert.Equal(Path.GetFullPath(Path.Combine(_folder, expected)), (string)result.Output[0].BaseObject);
    }

    [Fact]
    public void AnOutputOfAnotherProviderIsRefused() =>
        Assert.Equal(["NotAFileSystemPath"], _engine.Invoke("Test-Probe o.png -Output env:X").ErrorIds);
}
