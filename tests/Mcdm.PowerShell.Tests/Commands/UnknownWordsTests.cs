namespace Mcdm.PowerShell.Tests.Commands;

/// <summary>Words that a model never learnt are told, with the nearest that it knows: its picture follows a guess.</summary>
[Collection(PowerShellEngine.Collection)]
public sealed class UnknownWordsTests : TinyModelTests
{
    public UnknownWordsTests(PowerShellEngine engine) : base(engine) => ImportTiny();

    [Fact]
    public void They_are_told_once_a_command_with_the_nearest()
    {
        var result = Engine.Invoke("Invoke-McdmSample -Model $tiny -Text 'this is a rde dsic on xylophones' -Count 3 -BatchSize 1 -Steps 1").WithoutErrors();
        string warning = Assert.Single(result.Warnings);
        Assert.StartsWith("Of 'this is a rde dsic on xylophones' the text expert never learnt 'rde' ('red' is the nearest that it knows), ", warning, StringComparison.Ordinal);
        Assert.Contains("'dsic' ('disc' is the nearest that it knows)", warning, StringComparison.Ordinal);
        Assert.EndsWith("'xylophones': what it makes of them is a guess.", warning, StringComparison.Ordinal);
        Assert.Equal(3, result.Output.Count);
    }

    [Fact]
    public void What_was_learnt_is_no_matter_and_capitals_are_none() =>
        Assert.Empty(Engine.Invoke("Invoke-McdmSample -Model $tiny -Text 'This is a RED disc.' -Steps 1").WithoutErrors().Warnings);

    [Fact]
    public void A_row_is_named_and_a_storm_is_one_line()
    {
        var result = Engine.Invoke("""
            1..14 | ForEach-Object { [pscustomobject]@{ Name = "n$_"; Text = "a red wurd$_" } } | Invoke-McdmSample -Model $tiny -Steps 1 -Verbose
            """).WithoutErrors();
        Assert.Equal(11, result.Warnings.Count);
        Assert.StartsWith("'n1': Of 'a red wurd1' the text expert never learnt 'wurd1'", result.Warnings[0], StringComparison.Ordinal);
        Assert.Equal("4 more conditions may not be understood as they are meant; -Verbose names them.", result.Warnings[10]);
        Assert.Contains(result.Verbose, line => line.Contains("'wurd14'", StringComparison.Ordinal));
        Assert.Equal(14, result.Output.Count);
    }
}
