using Mcdm.PowerShell.Tests.Commands;

namespace Mcdm.PowerShell.Tests;

[Collection(PowerShellEngine.Collection)]
public sealed class CompletionTests(PowerShellEngine engine) : IDisposable
{
    [Theory]
    [InlineData("Test-ProbeFruit ", "apple|'Adam''s apple'|'blood orange'|cherry")]
    [InlineData("Test-ProbeFruit -Name A", "apple|'Adam''s apple'")]
    [InlineData("Test-ProbeFruit *ora", "'blood orange'")]
    [InlineData("Test-ProbeFruit 'bl", "'blood orange'")]
    [InlineData("Get-McdmDevice c", "cpu")]
    public void OffersWhatBeginsWithTheTypedWord(string line, string expected) => Assert.Equal(expected.Split('|'), engine.Complete(line));

    [Theory]
    [InlineData("Import-McdmModel F", "Faces|Fashion")]
    [InlineData("Invoke-McdmSample -Model ", "Faces|Fashion")]
    [InlineData("Start-McdmTraining -InitializeFrom f", "Faces|Fashion")]
    [InlineData("Remove-McdmModel ", "")]
    [InlineData("Get-McdmModel -Name ", "")]
    [InlineData("New-McdmCondition -Segment m.png -Part ha", "hair|hat")]
    [InlineData("New-McdmCondition -Segment m.png -Part g", "garment|glasses")]
    [InlineData("Invoke-McdmSample -Sampler d", "Ddim|Ddpm|Deis|Dpm2|Dpm2Ancestral|DpmSolver|DpmSolver2S|DpmSolver3|DpmSolver3Sde|DpmSolverSde")]
    [InlineData("Invoke-McdmSample -Combiner ", "Composite|Fused|Mixture|Precision|Product|Projection|Residual|Superposition")]
    [InlineData("Import-McdmModel Faces -Precision ", "Auto|BFloat16|Float32")]
    [InlineData("Start-McdmTraining -Precision F", "Float32")]
    [InlineData("Import-McdmModel Faces -Device ", "cpu")]
    [InlineData("Start-McdmTraining -Device c", "cpu")]
    [InlineData("New-McdmCondition -Modality S", "Segment|Sketch")]
    [InlineData("Join-McdmImage a.png -Label S", "Seed")]
    [InlineData("Invoke-McdmSample -Steps ", "")]
    [InlineData("Invoke-McdmSample -TextSchedule ", "")]
    [InlineData("Start-McdmTraining -Channels ", "")]
    public void Offers_what_ships_with_the_module_while_nothing_is_loaded(string line, string expected) =>
        Assert.Equal(expected.Split('|', StringSplitOptions.RemoveEmptyEntries), engine.Complete(line).Order(StringComparer.Ordinal));

    [Fact]
    public void Offers_loaded_models_and_the_embedded_ones_that_are_not()
    {
        LoadTiny();
        Assert.Equal(["Tiny", "Faces", "Fashion"], engine.Complete("Invoke-McdmSample -Model "));
        Assert.Equal(["Tiny"], engine.Complete("Remove-McdmModel "));
    }

    [Theory]
    [InlineData("New-McdmCondition dis", "'disc'")]
    [InlineData("New-McdmCondition 'This is a r", "'This is a red'")]
    [InlineData("New-McdmCondition -Text \"it's a r", "'it''s a red'")]
    [InlineData("Invoke-McdmSample -Text 'blu", "'blue'")]
    [InlineData("Invoke-McdmSample -Model Tiny -Text 'a DI", "'a disc'")]
    [InlineData("New-McdmCondition 'a hair", "")]
    public void Completes_the_last_word_of_a_sentence_from_the_words_of_the_loaded_text_expert(string line, string expected)
    {
        LoadTiny();
        Assert.Equal(expected.Split('|', StringSplitOptions.RemoveEmptyEntries), engine.Complete(line).Where(word => word.StartsWith('\'')));
    }

    [Fact]
    public void Completes_sentences_from_the_named_model_and_from_the_embedded_one_while_none_is_loaded()
    {
        Assert.Contains("'a person with black hair'", engine.Complete("New-McdmCondition 'a person with black ha"));
        LoadTiny();
        Assert.DoesNotContain("'black hair'", engine.Complete("Invoke-McdmSample -Text 'black ha"));
        engine.Invoke("$null = Import-McdmModel Faces").WithoutErrors();
        Assert.Contains("'black hair'", engine.Complete("Invoke-McdmSample -Text 'black ha"));
        Assert.DoesNotContain("'black hair'", engine.Complete("Invoke-McdmSample -Model Tiny -Text 'black ha"));
    }

    [Fact]
    public void Offers_the_dataset_s_folders_of_control_pictures_for_the_expert_that_learns_them()
    {
        TinyModel.Folder(engine);
        string data = engine.Reset();
        foreach (string folder in (string[])["images", "depth", "notes"])
        {
            Directory.CreateDirectory(Path.Combine(data, folder));
            if (folder != "notes") { File.Copy(Path.Combine(TinyModel.Data, "images", "0.png"), Path.Combine(data, folder, "0.png")); }
        }
        engine.Invoke("$global:pictures = Import-McdmDataset .").WithoutErrors();
        Assert.Equal(["depth"], engine.Complete("Start-McdmTraining $pictures -Modality Picture -Expert "));
    }

    private void LoadTiny() => engine.Invoke("param($path) $null = Import-McdmModel -Path $path", ("path", TinyModel.Folder(engine))).WithoutErrors();

    public void Dispose() => engine.Invoke("Get-McdmModel | Remove-McdmModel");
}
