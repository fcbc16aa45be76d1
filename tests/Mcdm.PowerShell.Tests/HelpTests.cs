namespace Mcdm.PowerShell.Tests;

[Collection(PowerShellEngine.Collection)]
public class HelpTests(PowerShellEngine engine)
{
    private const string CountExamples = "@((Get-Help Get-McdmDevice -Full).examples.example).Count";

    [Fact]
    public void HelpIsFound() => Assert.Equal(2, engine.Invoke(CountExamples).WithoutErrors().Only<int>());

    [Fact]
    public void HelpIsFoundAfterASecondImport() =>
        Assert.Equal(2, engine.Invoke("param($manifest) Import-Module $manifest -Force; " + CountExamples, ("manifest", Checkout.Manifest)).WithoutErrors().Only<int>());
}
