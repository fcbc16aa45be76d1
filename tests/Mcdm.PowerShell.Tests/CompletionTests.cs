namespace Mcdm.PowerShell.Tests;

[Collection(PowerShellEngine.Collection)]
public class CompletionTests(PowerShellEngine engine)
{
    [Theory]
    [InlineData("Test-ProbeFruit ", "apple|'Adam''s apple'|'blood orange'|cherry")]
    [InlineData("Test-ProbeFruit -Name A", "apple|'Adam''s apple'")]
    [InlineData("Test-ProbeFruit *ora", "'blood orange'")]
    [InlineData("Test-ProbeFruit 'bl", "'blood orange'")]
    [InlineData("Get-McdmDevice c", "cpu")]
    public void OffersWhatBeginsWithTheTypedWord(string line, string expected) => Assert.Equal(expected.Split('|'), engine.Complete(line));
}
