using Mcdm.Imaging;
using Mcdm.Modalities;
using Mcdm.Sampling;

namespace Mcdm.PowerShell.Tests.Commands;

/// <summary>Modalities and experts as a user names them: in parameters, in comparisons, by Tab.</summary>
[Collection(PowerShellEngine.Collection)]
public sealed class ModalityCommandTests : TinyModelTests
{
    private const string Names = "Text, Sketch, Segment, LowResolution, Picture";

    public ModalityCommandTests(PowerShellEngine engine) : base(engine) => ImportTiny();

    private Condition Only(string script) => Engine.Invoke(script).WithoutErrors().Only<Condition>();

    [Fact]
    public void A_picture_for_a_named_expert_is_a_control_picture()
    {
        var condition = Only("New-McdmCondition -Path ./face.png -Expert depth");
        Assert.Equal((Modality.Picture, "depth", 16), (condition.Modality, condition.Expert, condition.Picture!.Width));
        Assert.Equal((Modality.Picture, "depth"), (Only("New-McdmCondition -LiteralPath ./face.png -Expert depth").Modality, condition.Expert));
        Assert.Equal(["ModalityMissing"], Engine.Invoke("New-McdmCondition -Path ./face.png").ErrorIds);
    }

    [Fact]
    public void A_modality_that_is_given_stays_beside_the_name_of_an_expert()
    {
        var condition = Only("New-McdmCondition -Path ./sketch.png -Modality Sketch -Expert pencil");
        Assert.Equal((Modality.Sketch, "pencil"), (condition.Modality, condition.Expert));
        Assert.Equal(Modality.Text, Only("New-McdmCondition 'a red disc' -Modality Text").Modality);
    }

    [Fact]
    public void An_expert_that_a_model_lacks_is_an_error_that_names_those_there_are()
    {
        var result = Engine.Invoke("New-McdmCondition -Path ./face.png -Expert depth | Invoke-McdmSample -Model $tiny -Steps 1");
        Assert.Equal(["ExpertMissing"], result.ErrorIds);
        string message = Assert.Single(result.Errors).Exception.Message;
        Assert.All(new[] { "depth", "text", "sketch", "segment" }, name => Assert.Contains(name, message, StringComparison.Ordinal));
    }

    [Fact]
    public void Two_sentences_make_one_picture_that_neither_makes_alone()
    {
        McdmImage Sample(string sentences) => Engine.Invoke($"{sentences} | Invoke-McdmSample -Model $tiny -Steps 2 -Seed 5").WithoutErrors().Only<McdmImage>();
        var both = Sample("'a red disc', 'a blue disc'");
        Assert.Equal(["a blue disc", "a red disc"], both.Recipe!.Conditions.Select(condition => condition.Text).Order());
        Assert.NotEqual(Sample("'a red disc'").Picture.Rgba, both.Picture.Rgba);
        Assert.NotEqual(Sample("'a blue disc'").Picture.Rgba, both.Picture.Rgba);
        Assert.Equal(both.Picture.Rgba, Sample("New-McdmCondition 'a red disc', 'a blue disc'").Picture.Rgba);
    }

    [Theory]
    [InlineData("Sketch", "Sketch")]
    [InlineData("sKETCH", "Sketch")]
    [InlineData("LowResolution", "LowResolution")]
    [InlineData("low-resolution", "LowResolution")]
    [InlineData("Picture", "Picture")]
    public void A_string_becomes_the_modality_of_that_name(string given, string name) =>
        Assert.Same(Modality.Parse(name), Only($"New-McdmCondition -Path ./face.png -Modality {given}").Modality);

    [Theory]
    [InlineData("(New-McdmCondition 'a disc').Modality -eq 'Text'", true)]
    [InlineData("(New-McdmCondition 'a disc').Modality -eq 'text'", true)]
    [InlineData("(New-McdmCondition 'a disc').Modality -eq 'Sketch'", false)]
    [InlineData("(New-McdmCondition 'a disc').Modality -ne 'Sketch'", true)]
    [InlineData("'Text' -eq (New-McdmCondition 'a disc').Modality", true)]
    [InlineData("(New-McdmCondition 'a disc').Modality -in 'Sketch', 'Text'", true)]
    [InlineData("\"$((New-McdmCondition 'a disc').Modality)\" -ceq 'Text'", true)]
    public void A_modality_compares_with_its_name(string script, bool expected) => Assert.Equal(expected, Engine.Invoke(script).WithoutErrors().Only<bool>());

    [Theory]
    [InlineData("New-McdmCondition -Path ./face.png -Modality Smell")]
    [InlineData("$set = 'Smell'; Start-McdmTraining -Modality $set -Dataset (Import-McdmDataset .) -OutputPath ./run")]
    [InlineData("Start-McdmTraining -Modality Smell -Dataset (Import-McdmDataset .) -OutputPath ./run")]
    public void A_bad_modality_is_an_error_that_lists_those_there_are(string script)
    {
        var result = Engine.Invoke(script);
        string message = Assert.Single(result.Errors).Exception.Message;
        Assert.Contains("Smell", message, StringComparison.Ordinal);
        Assert.Contains(Names, message, StringComparison.Ordinal);
        Assert.Empty(result.Output);
    }

    [Theory]
    [InlineData("New-McdmCondition -Modality ", "Text|Sketch|Segment|LowResolution|Picture")]
    [InlineData("Start-McdmTraining -Modality p", "Picture")]
    [InlineData("Start-McdmTraining -Modality L", "LowResolution")]
    [InlineData("New-McdmCondition -Path ./face.png -Expert ", "text|sketch|segment")]
    [InlineData("New-McdmCondition 'a disc' -Expert S", "sketch|segment")]
    public void Tab_completes_modalities_and_the_experts_of_loaded_models(string line, string expected) =>
        Assert.Equal(expected.Split('|').Order(StringComparer.Ordinal), Engine.Complete(line).Order(StringComparer.Ordinal));
}
