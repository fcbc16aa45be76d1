using Mcdm.Core.Tests.Modalities;
using Mcdm.Experts;
using Mcdm.Modalities;
using Mcdm.Sampling.Jobs;
using Mcdm.Tables;
using Xunit;

namespace Mcdm.Core.Tests.Generation;

/// <summary>Several conditions of one modality in a row.</summary>
public sealed class NumberedColumnsTests : IDisposable
{
    private readonly Modality _class = ClassModality.Registered;
    private readonly TinyFaces _faces = new();
    private readonly Model _model;
    private readonly JobReader _reader;

    public NumberedColumnsTests()
    {
        _model = Model.Join("Tiny", [_faces.Train(null), _faces.Train(Modality.Text), _faces.Train(_class)]);
        _reader = new JobReader((path, folder) => Path.Combine(folder ?? "", path), _ => { }, _ => { }) { KeepsSeed = true };
    }

    private static Row Row(params (string Name, object? Value)[] values) => new(values.Select(value => KeyValuePair.Create(value.Name, value.Value)));

    /// <summary>Conditions as people read them, sorted.</summary>
    private static string Said(IEnumerable<Condition> conditions) => string.Join("; ", conditions.Select(condition => $"{condition}").Order(StringComparer.Ordinal));

    private string Read(params (string, object?)[] values)
    {
        var row = NumberedColumns.Apart(Row(values));
        JobColumns.Check(row);
        return Said(_reader.Read(row, _model, null).Conditions);
    }

    [Fact]
    public void A_number_tells_them_apart_whichever_it_is()
    {
        Assert.Equal("Text 'a disc' × 0.5; Text 'a red disc' × 2",
            Read(("text", "a red disc"), ("TextWeight", "2"), ("Text2", "a disc"), ("TEXTWEIGHT2", 0.5)));
        Assert.Equal("Class 'blue' × 3; Class 'red'; Text '(a)'; Text 'a red disc' × schedule",
            Read(("Text7", "a red disc"), ("TextSchedule7", "1=0;400=1"), ("LiteralText01", "(a)"), ("Class", "red"), ("Class1", "blue"), ("ClassWeight1", 3), ("TextWeight4", "")));
        Assert.Equal("CellInvalid", Assert.Throws<McdmException>(() => Read(("Text2", "a"), ("TextWeight2", "0,5"))).Id);
        Assert.StartsWith("TextWeight2: '0,5' is not a number.", Assert.Throws<McdmException>(() => Read(("Text2", "a"), ("TextWeight2", "0,5"))).Message, StringComparison.Ordinal);
        Assert.Equal("TextAmbiguous", Assert.Throws<McdmException>(() => Read(("Text2", "a"), ("LiteralText2", "b"))).Id);
    }

    [Fact]
    public void Several_values_are_of_one_each_and_one_value_is_of_all()
    {
        Assert.Equal("Class 'red' × 4; Text 'a disc' × 3; Text 'a red disc' × 2",
            Read(("Text", new object?[] { "a red disc", "a disc" }), ("TextWeight", new object?[] { 2, "3" }), ("Class", "red"), ("ClassWeight", 4)));
        Assert.Equal("Text 'a blue disc'; Text 'a disc' × 2; Text 'a red disc' × 2",
            Read(("Text", new object?[] { "a red disc", "a disc" }), ("TextWeight", 2), ("Text3", "a blue disc")));
        Assert.Equal("", Read(("Text", Array.Empty<object?>()), ("TextWeight", 2)));
        var parts = NumberedColumns.Apart(Row(("Segment", new object?[] { "a.png", "b.png" }), ("Part", (string[])["hair", "hat"]), ("Part7", (string[])["skin", "hat"])));
        Assert.Equal([2, 2, 2], new[] { "Part", "Part2", "Part7" }.Select(name => Assert.IsType<string[]>(parts.Values.Single(value => value.Key == name).Value).Length));
        foreach (var (values, message) in new[]
        {
            (new (string, object?)[] { ("Text", new object?[] { "a", "b", "c" }), ("TextWeight", new object?[] { 1, 2 }) }, "TextWeight has 2 values, and Text has 3; give one for each, or one for all."),
            ([("Text", "a"), ("TextWeight", new object?[] { 1, 2 })], "TextWeight has 2 values, and Text has one; give one for each, or one for all."),
            ([("Text", new object?[] { "a", "b" }), ("Text2", "c")], "Text2 has several values; give it one, and no list to the column without the number."),
            ([("Text2", new object?[] { "a", "b" })], "Text2 has several values; give it one, and no list to the column without the number."),
        })
        {
            var error = Assert.Throws<McdmException>(() => Read(values));
            Assert.Equal(("ValuesUneven", message), (error.Id, error.Message));
        }
    }

    [Fact]
    public void What_is_said_beside_a_row_is_said_of_all_that_it_states()
    {
        var row = Row(("Text", "a red disc"), ("Text2", "a disc"), ("TextWeight2", 5), ("Class3", "red"));
        string Over(params (string, object?)[] said) => Said(_reader.Read(NumberedColumns.Over(row, NumberedColumns.Apart(Row(said))), _model, null).Conditions);
        Assert.Equal("Class 'red' × 3; Text 'a disc' × 2; Text 'a red disc' × 2", Over(("TextWeight", 2), ("ClassWeight", 3)));
        Assert.Equal("Class 'red'; Text 'a disc' × 4; Text 'a red disc' × 2", Over(("TextWeight", new object?[] { 2, 4 })));
        Assert.Equal("Class 'red'; Text 'a blue disc' × 2; Text 'a disc' × 5", Over(("Text", "a blue disc"), ("TextWeight", 2)));
    }

    [Fact]
    public void A_number_without_a_condition_is_refused_beside_conditions_and_told_of_columns()
    {
        var error = Assert.Throws<McdmException>(() => _reader.Read([Condition.FromText("a disc")], Row(("TextWeight", 1), ("TextWeight2", 2)), _model, null));
        Assert.Equal(("ConditionMissing", "-TextWeight has a value for Text2, and none is given; give that too, or one value for all."), (error.Id, error.Message));
        foreach (var (columns, message) in new[]
        {
            ("Text Control2 ControlExpert2 LiteralText3 TextWeight3 Sketch9", null),
            ("Text3 TextWeight2", "Column 'TextWeight2' is not read: it says something of 'Text2', and there is no such column."),
            ("Text Control2 Control2Expert", "Column 'Control2Expert' is not read. Did you mean 'ControlExpert2'?"),
            ("Text IP_Adapter2 Contorl3 Seed2", "Columns 'IP_Adapter2' (did you mean 'Control2'?), 'Contorl3' (did you mean 'Control3'?), 'Seed2' (did you mean 'Seed'?) are not read."),
        })
        {
            var warnings = new List<string>();
            new UnknownColumns(warnings.Add).Check(columns.Split(' '));
            Assert.Equal(message is null ? [] : [message], warnings);
        }
    }

    [Fact]
    public void A_file_has_them_as_its_other_columns()
    {
        string file = _faces.Run("jobs.csv");
        File.WriteAllLines(file, ["Text2;TextWeight2;Text5", "a disc;0,5;a red disc", ";;a disc"]);
        using var jobs = new JobFile(file);
        Assert.Equal(["Text 'a disc' × 0.5; Text 'a red disc'", "Text 'a disc'"], jobs.Lines().Select(line => Said(_reader.Read(jobs.Values(line), _model, null).Conditions)));
    }

    public void Dispose()
    {
        _model.Dispose();
        _faces.Dispose();
    }
}
