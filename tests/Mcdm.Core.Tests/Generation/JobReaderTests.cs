using Mcdm.Core.Tests.Imaging;
using Mcdm.Core.Tests.Modalities;
using Mcdm.Diffusion.Composition;
using Mcdm.Diffusion.Samplers;
using Mcdm.Experts;
using Mcdm.Imaging;
using Mcdm.Imaging.Files;
using Mcdm.Modalities;
using Mcdm.Runs;
using Mcdm.Sampling.Jobs;
using Mcdm.Tables;
using Xunit;

namespace Mcdm.Core.Tests.Generation;

/// <summary>Rows of any origin become requests in one place.</summary>
public sealed class JobReaderTests : IDisposable
{
    private static readonly Modality Class = ClassModality.Registered;
    private readonly TinyFaces _faces = new();
    private readonly List<string> _warnings = [];
    private readonly Model _model;
    private readonly JobReader _reader;

    public JobReaderTests()
    {
        _model = Model.Join("Six", [_faces.Train(null), _faces.Train(Modality.Text), _faces.Train(Class)]);
        _reader = new JobReader((path, folder) => Path.Combine(folder ?? "", path), _ => { }, _warnings.Add) { KeepsSeed = true };
    }

    private static Row Row(params (string Name, object? Value)[] values) => new(values.Select(value => KeyValuePair.Create(value.Name, value.Value)));

    private string Csv(params string[] lines)
    {
        string path = Path.Combine(Directory.CreateDirectory(_faces.Run("jobs")).FullName, "jobs.csv");
        File.WriteAllLines(path, lines);
        return path;
    }

    [Fact]
    public void A_modality_that_the_module_does_not_know_has_columns()
    {
        Assert.Equal(["Text", "LiteralText", "Sketch", "Segment", "LowResolution", "Control", "Class"], JobColumns.Conditions);
        var row = Row(("class", "red"), ("ClassWeight", "0.5"), ("Text", " "));
        row.Check(JobColumns.All);
        var condition = Assert.Single(_reader.Read(row, _model, null).Conditions);
        Assert.Equal((Class, "red", 0.5), (condition.Modality, condition.Text, condition.Weight));
        var warnings = new List<string>();
        new UnknownColumns(warnings.Add).Check(["Class", "ClassWeigth"]);
        Assert.Equal("Column 'ClassWeigth' is not read. Did you mean 'ClassWeight'?", Assert.Single(warnings));
    }

    [Fact]
    public void Columns_that_are_not_read_are_one_warning_which_says_what_they_may_mean()
    {
        var warnings = new List<string>();
        var unknown = new UnknownColumns(warnings.Add);
        unknown.Check(["Prompt", "weight", "Cfg Scale", "zzz", "Sketch"]);
        unknown.Check(["Prompt", "weight", "Cfg Scale", "zzz", "Sketch"]);
        unknown.Check(["Caption", "Seed"]);
        Assert.Equal(
        [
            "Columns 'Prompt' (did you mean 'Text'?), 'weight' (did you mean 'SketchWeight'?), 'Cfg Scale' (did you mean 'TextWeight'?), 'zzz' are not read.",
            "Column 'Caption' is not read. Did you mean 'Text'? There is no column Text, LiteralText, Sketch, Segment, LowResolution, Control or Class, so the pictures follow nothing (columns: Caption, Seed).",
        ], warnings);
    }

    [Fact]
    public void A_sentence_of_letters_and_levels_that_are_given_are_columns()
    {
        var row = Row(("LiteralText", "a (red:1.3) disc"), ("TextWeight", "2"), ("Timesteps", "80, 40,9"));
        row.Check(JobColumns.All);
        var request = _reader.Read(row, _model, null);
        var condition = Assert.Single(request.Conditions);
        Assert.Equal(("a (red:1.3) disc", true, 2), (condition.Text, condition.IsLiteral, condition.Weight));
        Assert.Equal((3, "80 40 9"), (request.Sampling.Steps, string.Join(' ', request.Sampling.Spacing!.Given!)));
        Assert.Equal("TextAmbiguous", Refused(("Text", "a"), ("LiteralText", "b")));
        Assert.Equal("SpacingInvalid", Refused(("Text", "a"), ("Timesteps", "9, 40")));
        Assert.Equal("SpacingInvalid", Refused(("Text", "a"), ("Timesteps", "40, many")));

        string Refused(params (string, object?)[] values) => Assert.Throws<McdmException>(() => _reader.Read(Row(values), _model, null)).Id;
    }

    [Fact]
    public void All_that_a_condition_can_have_is_a_column()
    {
        string region = _faces.Run("region.png");
        PngFile.Write(Pictures.Filled(4, 4, PictureColor.White), region);
        var row = Row(("Text", "a red disc"), ("TextWeight", "2"), ("TextSchedule", " 1=0; 400 = 1 "), ("TextRegion", region), ("TextExpert", "text"));
        row.Check(JobColumns.All);
        var condition = Assert.Single(_reader.Read(row, _model, null).Conditions);
        Assert.Equal((2, "1: 0, 400: 1", 4, "text"), (condition.Weight, $"{condition.Schedule}", condition.Region!.Width, condition.Expert));
        Assert.Equal("ScheduleInvalid", Assert.Throws<McdmException>(() => Row(("TextSchedule", "often")).Check(JobColumns.All)).Id);
    }

    [Fact]
    public void A_row_beside_conditions_adds_to_them_and_says_more_of_those_of_a_modality_that_it_does_not_state()
    {
        Condition[] given = [Condition.FromText("a red disc"), Condition.Of(Class, "blue", 0.5)];
        var conditions = _reader.Read(given, Row(("Text", "a disc"), ("TextWeight", "2"), ("ClassWeight", "3")), _model, null).Conditions;
        Assert.Equal(["Text 'a red disc'", "Text 'a disc' × 2", "Class 'blue' × 3"], conditions.Select(condition => $"{condition}"));
        var error = Assert.Throws<McdmException>(() => _reader.Read(given, Row(("SketchWeight", "2")), _model, null));
        Assert.Equal(("ConditionMissing", "-SketchWeight says something of a Sketch condition, and none is given; give one, as with -Sketch."), (error.Id, error.Message));
    }

    [Theory]
    [InlineData("Eta", "0.5", "Eta is not read: DpmSolver has no η that could be chosen; Ddim has.")]
    [InlineData("Temperature", "50", "Temperature is not read: each picture is drawn from one particle; -Particles asks for more.")]
    [InlineData("ResampleThreshold", "1", "ResampleThreshold is not read: each picture is drawn from one particle; -Particles asks for more.")]
    public void A_setting_that_nothing_reads_is_an_error_unless_it_says_what_is_so_anyway(string column, string value, string message)
    {
        var error = Assert.Throws<McdmException>(() => _reader.Read(Row(("Text", "a"), (column, value)), _model, null));
        Assert.Equal(("SettingUnread", message), (error.Id, error.Message));
        _reader.Read(Row(("Text", "a"), ("Eta", "0"), ("Temperature", "1"), ("ResampleThreshold", "0.5")), _model, null);
        _reader.Read(Row(("Text", "a"), ("Sampler", "Ddim"), ("Particles", "2"), (column, value)), _model, null);
    }

    [Fact]
    public void A_row_of_the_pictures_of_another_is_a_problem_of_its_own()
    {
        string file = Csv("Name,Text,Seed,Count", "dress,a dress,1,2", "dress,a shoe,2,1", "dress,a hat,3,1");
        var rows = ExpectedRow.Apart(ExpectedRow.Of(new RunEntry { Event = RunEvent.Rows, At = default, Jobs = file }));
        Assert.Equal([null, "Row 2 (dress): Row 1 makes 'dress-2.png' already; give each row a Name or Seed of its own.", null], rows.Select(row => row.Problem?.Message));
        string folder = Directory.CreateDirectory(_faces.Run("made")).FullName;
        foreach (string name in (string[])["dress-1.png", "dress-2.png", "dress-3.png"]) { File.WriteAllText(Path.Combine(folder, name), ""); }
        var measured = RunFolder.Read(folder).Measure(rows);
        Assert.Equal((3, 2, 1, "OutputTwice"), (measured.Rows, measured.Done, measured.Failed, measured.Failures[0].Id));
    }

    [Fact]
    public void What_a_row_says_is_in_the_request_whatever_its_type()
    {
        var said = Row(("Text", "a red disc"), ("Seed", 7), ("Count", "2"), ("sampler", "ddim"), ("Steps", 5L), ("Eta", "0.5"),
            ("GuidanceRescale", "0.5"), ("combiner", "residual"), ("Particles", "4"), ("Width", "16"), ("NegativePrompt", " blue "));
        var request = _reader.Read(said, _model, "n");
        Assert.Equal((7L, 2, new Ddim(0.5), 5), (request.Seed, request.Count, request.Sampling.Sampler, request.Sampling.Steps));
        Assert.Equal(new Residual(0.5), request.Combiner);
        Assert.Equal((4, 16, null, "blue", "n"), (request.Particles.Particles, request.Width, request.Height, request.NegativePrompt, request.Name));
        Assert.Empty(_warnings);
    }

    [Fact]
    public void What_is_said_for_all_rows_goes_before_what_a_row_says()
    {
        var row = Row(("Seed", "1"), ("Count", "3")).With(Row(("Seed", 10L), ("Count", null)));
        Assert.Equal((10L, null), (row.Get(JobColumns.Seed), row.Get(JobColumns.Count)));
    }

    [Theory]
    [InlineData("Seed", "-3", "Seed: -3 is out of range; it goes from 0 to 9223372036853775807.")]
    [InlineData("Width", "4097", "Width: 4097 is out of range; it goes from 1 to 4096.")]
    [InlineData("Sampler", "Ddi", "Sampler: 'Ddi' is not one of DpmSolver, Ddim, Ddpm, Euler, EulerAncestral, DpmSolverSde, Heun, UniPc, DpmSolver3, DpmSolver3Sde, DpmSolver2S, Dpm2, Dpm2Ancestral, Deis, Lms, Pndm, Lcm, Tcd.")]
    [InlineData("Combiner", "Sum,Product", "Combiner: 'Sum,Product' is not one of Product, Projection, Precision, Superposition, Mixture, Residual, Fused, Composite.")]
    [InlineData("ClassWeight", "0,5", "ClassWeight: '0,5' is not a number. Write a decimal point, as in 0.5, and no separators of thousands.")]
    public void A_value_that_cannot_be_read_is_an_error_of_its_column(string column, string value, string message)
    {
        var error = Assert.Throws<McdmException>(() => Row((column, value)).Check(JobColumns.All));
        Assert.Equal(("CellInvalid", message), (error.Id, error.Message));
    }

    [Fact]
    public void A_file_names_and_counts_as_the_rows_do_that_are_sampled()
    {
        string file = Csv("Name;Seed;Count;TextWeight", "a;5;2;0,5", ";;;", "b;-1;1;1", ";3;1;2");
        using var jobs = new JobFile(file);
        var counter = new JobCounter();
        var rows = jobs.Lines().Select(line => counter.Next(jobs.Values(line))).ToList();
        Assert.Equal(["a", "b", "row-0004"], rows.Select(row => row.Name));
        Assert.Equal("0.5", rows[0].Row.Values.Single(value => value.Key == "TextWeight").Value);
        var expected = ExpectedRow.Of(new RunEntry { Event = RunEvent.Rows, At = default, Jobs = file }).ToList();
        Assert.Equal(rows.Select(row => (row.Number, row.Name)), expected.Select(row => (row.Number, row.Name)));
        Assert.Equal(["a-5.png", "a-6.png"], expected[0].Files);
        Assert.StartsWith("Row 3 (b): Seed: -1 is out of range", expected[1].Problem!.Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _model.Dispose();
        _faces.Dispose();
    }
}
