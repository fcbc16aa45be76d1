using Mcdm.Evaluation;
using Mcdm.Sampling;
using Mcdm.Training;

namespace Mcdm.PowerShell.Tests.Commands;

/// <summary>Measure-McdmImage, and the judges it needs.</summary>
[Collection(PowerShellEngine.Collection)]
public sealed class MeasuringCommandTests : TinyModelTests
{
    public MeasuringCommandTests(PowerShellEngine engine) : base(engine) => ImportTiny();

    private EngineResult Invoke(string script) => Engine.Invoke("param($judge, $data) " + script, ("judge", TinyModel.Judge(Engine)), ("data", TinyModel.Data));

    [Fact]
    public void A_picture_is_measured_by_each_of_its_conditions()
    {
        var one = Invoke("Measure-McdmImage ./face.png -Condition 'a red disc', ./mask.png, ./sketch.png -Judge $judge").WithoutErrors().Only<ImageMeasurement>();
        Assert.Equal(("face", 1, 1), (one.Name, one.Text, one.Sketch));
        Assert.InRange(one.Segment!.Value, 0.9, 1);
        Assert.Equal("colour: red, not blue", Invoke("(Measure-McdmImage ./face.png -Condition 'a blue disc' -Judge $judge).Statements[0].ToString()").WithoutErrors().Only<string>());
    }

    [Fact]
    public void Samples_and_saved_pictures_are_measured_by_their_recipes()
    {
        const string sample = "$images = New-McdmCondition -Sketch ./sketch.png | Invoke-McdmSample -Model $tiny -Steps 1 -Count 3 -Seed 5; ";
        var samples = Invoke(sample + "$images | Measure-McdmImage -Judge $judge").WithoutErrors().Output.Select(one => (ImageMeasurement)one.BaseObject).ToList();
        Assert.Equal([5L, 6L, 7L], samples.Select(one => one.Seed));
        Assert.All(samples, one => Assert.True(one is { Sketch: >= 0 and <= 1, Chamfer: >= 0, Text: null, Segment: null }));
        var saved = Invoke(sample + "$null = $images | Save-McdmImage ./out; Measure-McdmImage ./out/*.png -Judge $judge").WithoutErrors().Output.Select(one => (ImageMeasurement)one.BaseObject).ToList();
        Assert.Equal(samples.Select(one => one.Sketch), saved.Select(one => one.Sketch));
    }

    [Fact]
    public void A_set_is_summed_up_and_compared_with_a_reference()
    {
        var set = Invoke("Measure-McdmImage \"$data/images/*.png\" -Condition 'a red disc' -Judge $judge -Summary").WithoutErrors().Only<SetMeasurement>();
        Assert.Equal((8, 0.5, null), (set.Pictures, set.Text, set.Reference));
        Assert.InRange(set.Diversity!.Value, 1e-3, 1e3);

        var same = Invoke(Many + "Measure-McdmImage $pictures -Judge $judge -Reference $many").WithoutErrors().Only<SetMeasurement>();
        Assert.Equal((56, 56, null, 1, 1), (same.Pictures, same.Reference, same.Text, same.Precision, same.Recall));
        Assert.Equal(0, same.Fid!.Value, 4);
        Assert.Equal((0, 0), (same.Grain, same.ReferenceGrain));
        Assert.Equal(same.ReferenceFlatShare!.Value, same.FlatShare!.Value, 12);
        Assert.Equal(same.ReferenceSpectrum!.Power, same.Spectrum!.Power);
    }

    /// <summary>Pictures of the dataset as $pictures, and a folder of as many, $many.</summary>
    private const string Many = """
        $pictures = foreach ($i in 1..7) { "$data/images/*.png" }
        $many = [System.IO.Directory]::CreateDirectory("$PWD/many").FullName
        foreach ($i in 1..7) { foreach ($p in [System.IO.Directory]::GetFiles("$data/images")) { [System.IO.File]::Copy($p, "$many/$i-$([System.IO.Path]::GetFileName($p))") } }

        """;

    [Theory]
    [InlineData("Measure-McdmImage ./face.png -Judge $judge", true)]
    [InlineData("Invoke-McdmSample -Model $tiny -Steps 1 | Measure-McdmImage -Judge $judge", true)]
    [InlineData("'./face.png', './face.png' | Join-McdmImage | Measure-McdmImage -Judge $judge", false)]
    public void Pixels_are_measured_without_conditions_and_without_a_judge_of_the_pictures_size(string script, bool judged)
    {
        var one = Invoke(script).WithoutErrors().Only<ImageMeasurement>();
        Assert.InRange(one.FlatShare!.Value, 0, 1);
        Assert.Equal((judged, null, null), (one.Attributes.Count > 0, one.Text, one.Sketch));
    }

    [Fact]
    public void A_set_of_several_sizes_has_no_spectrum_and_says_so()
    {
        var result = Invoke("@('./face.png'; './face.png', './face.png' | Join-McdmImage) | Measure-McdmImage -Judge $judge -Summary").WithoutErrors();
        Assert.Equal((2, null), (result.Only<SetMeasurement>().Pictures, result.Only<SetMeasurement>().Spectrum));
        Assert.StartsWith("The pictures differ in size", Assert.Single(result.Warnings), StringComparison.Ordinal);
        Assert.Equal(["NoSpectrum"], Invoke("@('./face.png'; './face.png', './face.png' | Join-McdmImage) | Measure-McdmImage -Judge $judge -Summary | ConvertTo-McdmPlot").ErrorIds);
    }

    [Fact]
    public void A_measured_set_is_plotted_as_its_spectrum()
    {
        var plot = Invoke("Measure-McdmImage \"$data/images/*.png\" -Judge $judge -Summary | ConvertTo-McdmPlot -Width 700").WithoutErrors().Only<McdmImage>();
        Assert.Equal(("spectrum", 700, 600), (plot.FileName, plot.Width, plot.Height));
    }

    [Fact]
    public void Grain_and_flat_share_are_in_the_table_and_in_the_list()
    {
        Assert.Contains(Invoke("Measure-McdmImage ./face.png -Judge $judge | Out-Default").HostLines, line => line.StartsWith("face ", StringComparison.Ordinal) && line.Contains(" 0.00 ", StringComparison.Ordinal) && line.TrimEnd().EndsWith(" %", StringComparison.Ordinal));
        Assert.Contains("0.00 levels in the corner", string.Join('\n', Invoke("Measure-McdmImage ./face.png -Judge $judge -Summary | Out-Default").HostLines), StringComparison.Ordinal);
        string compared = string.Join('\n', Invoke(Many + "Measure-McdmImage $pictures -Judge $judge -Reference $many | Out-Default").HostLines);
        Assert.Contains("0.00 levels where the reference is flat (it has 0.00)", compared, StringComparison.Ordinal);
        Assert.Matches(@"FlatShare +: [\d.]+ % \(reference [\d.]+ %\)", compared);
    }

    [Theory]
    [InlineData("'./face.png', './face.png' | Join-McdmImage | Measure-McdmImage -Condition 'a red disc' -Judge $judge", "JudgeSize")]
    [InlineData("'./face.png', './face.png' | Join-McdmImage | Measure-McdmImage -Reference $many -Judge $judge", "JudgeSize")]
    [InlineData("Measure-McdmImage ./face.png -Condition 'a red disc' -Judge ./nowhere", "JudgeUnknown")]
    [InlineData("Measure-McdmImage ./face.png -Condition 'a red disc' -Judge .", "JudgeNotFound")]
    [InlineData("Measure-McdmImage ./face.png -Condition 'a red disc' -Judge Faces", "JudgeSize")]
    [InlineData("Measure-McdmImage ./face.png -Condition (New-McdmCondition -Segment ./face.png) -Judge $judge", "JudgeParts")]
    [InlineData("Measure-McdmImage ./face.png -Condition (New-McdmCondition -Segment ./mask.png -Part nose) -Judge $judge", "JudgeParts")]
    [InlineData("Measure-McdmImage ./face.png -Reference $data -Judge $judge", "TooFewPictures")]
    [InlineData("Measure-McdmImage ./face.png -Reference ./nowhere -Judge $judge", "PathNotFound")]
    [InlineData("Measure-McdmImage ./nowhere.png -Judge $judge", "PathNotFound")]
    public void What_cannot_be_measured_has_an_error_id(string script, string id) => Assert.Equal([id], Invoke(Many + script).ErrorIds);

    [Fact]
    public void What_the_judge_cannot_tell_is_told_once_beside_what_it_measures()
    {
        var result = Invoke("'./face.png', './mask.png' | Measure-McdmImage -Condition 'a dog', ./sketch.png -Judge $judge").WithoutErrors();
        Assert.Matches("^'a dog' states nothing that the judge '.+' has words for, so it is not measured; ", Assert.Single(result.Warnings));
        Assert.All(result.Output.Select(one => (ImageMeasurement)one.BaseObject), one => Assert.Equal((true, true, 1), (one.Text is null, one.Sketch is not null, one.NotMeasured.Count)));
    }

    [Fact]
    public void One_picture_that_cannot_be_measured_stops_no_other()
    {
        var result = Invoke("'./face.png', './mask.png', './nowhere.png', './sketch.png' | ForEach-Object { Measure-McdmImage $_ -Condition ./sketch.png -Judge $judge }");
        Assert.Equal(["PathNotFound"], result.ErrorIds);
        Assert.Equal(["face", "mask", "sketch"], result.Output.Select(one => ((ImageMeasurement)one.BaseObject).Name));
    }

    [Fact]
    public void The_table_says_what_is_not_obeyed() =>
        Assert.Contains(Invoke("Measure-McdmImage ./face.png -Condition 'a blue disc' -Judge $judge | Out-Default").HostLines, line => line.Contains("0 %", StringComparison.Ordinal) && line.EndsWith("colour: red, not blue", StringComparison.Ordinal));

    /// <summary>The judge that ships with the module, on a face that it did not learn from.</summary>
    [Fact]
    public void The_embedded_judge_sees_what_the_example_face_was_drawn_from()
    {
        string inputs = Path.Combine(Checkout.Root, "examples", "inputs");
        var face = Engine.Invoke("param($inputs) Measure-McdmImage \"$inputs/face.png\" -Condition ([System.IO.File]::ReadAllText(\"$inputs/sentence.txt\")), (New-McdmCondition -Segment \"$inputs/mask.png\"), (New-McdmCondition -Sketch \"$inputs/sketch.png\")", ("inputs", inputs))
            .WithoutErrors().Only<ImageMeasurement>();
        Assert.Equal(["glasses: round", "hair colour: black", "hair style: bob", "mouth: sad"], face.Statements.Select(statement => statement.ToString()));
        Assert.Equal(1, face.Text);
        // The mask has the picture's size; its thin parts are others at the judge's.
        Assert.InRange(face.Segment!.Value, 0.9, 1);
        Assert.InRange(face.Sketch!.Value, 0.95, 1);
    }

    [Fact]
    public void Each_picture_is_looked_at_by_the_judge_of_its_model_and_a_set_by_that_of_its_first()
    {
        const string pictures = """
            $garment = New-McdmCondition 'a picture of bright, slim trousers.' | Invoke-McdmSample -Model Fashion -Seed 2 -Steps 8
            $face = Invoke-McdmSample -Model Faces -Seed 2 -Steps 2

            """;
        try
        {
            var each = Invoke(pictures + "$garment, $face, $garment | Measure-McdmImage").WithoutErrors().Output.Select(one => (ImageMeasurement)one.BaseObject).ToList();
            Assert.Equal(["Fashion", "Faces", "Fashion"], each.Select(one => one.Name));
            Assert.All([each[0], each[2]], one => Assert.Equal(("trousers", "bright"), (one.Attributes["class"], one.Attributes["brightness"])));
            Assert.Contains("hair colour", each[1].Attributes.Keys);
            Assert.Equal(1, each[0].Text);

            var set = Invoke(pictures + "$garment, $face | Measure-McdmImage -Summary").WithoutErrors().Only<SetMeasurement>();
            Assert.Equal((2, 1), (set.Pictures, set.Text));
            Assert.Equal(["JudgeSize"], Invoke(pictures + "$garment | Measure-McdmImage -Judge Faces").ErrorIds);
        }
        finally
        {
            Engine.Invoke("Get-McdmModel -Name Fashion, Faces | Remove-McdmModel");
        }
    }

    [Fact]
    public void Tab_offers_the_embedded_judges() =>
        Assert.Equal(["Faces", "Fashion"], Engine.Complete("Measure-McdmImage -Judge "));

    [Fact]
    public void A_judge_is_trained_by_the_cmdlet_goes_on_where_it_was_stopped_and_takes_no_modality()
    {
        const string start = "Import-McdmDataset $data | Start-McdmTraining -ImageSize 16 -Channels 8, 16 -Blocks 1, 1 -BatchSize 2 -OutputPath ./judge ";
        Assert.Equal("judge", Invoke(start + "-Judge -Steps 2").WithoutErrors().Only<TrainingResult>().Expert);
        Assert.Equal(["OutputExists"], Invoke(start + "-Judge -Steps 2").ErrorIds);
        Assert.Equal(2, Invoke(start + "-Judge -Resume").WithoutErrors().Only<TrainingResult>().Step);
        Invoke("Measure-McdmImage ./face.png -Condition ./sketch.png -Judge ./judge").WithoutErrors().Only<ImageMeasurement>();
        Assert.Equal(["AmbiguousParameterSet"], Invoke(start + "-Judge -Modality Text -Force").ErrorIds);
        Assert.Equal(["ModelNotFound"], Invoke("Import-McdmModel -Path ./judge").ErrorIds);
    }
}
