using System.Text.Json.Nodes;
using Mcdm.Core.Tests.Imaging;
using Mcdm.Evaluation;
using Mcdm.Imaging;
using Mcdm.Imaging.Files;
using Mcdm.Imaging.Lines;
using Mcdm.Modalities;
using Mcdm.Modalities.Segment;
using Mcdm.Sampling;
using Mcdm.Training;
using Xunit;

namespace Mcdm.Core.Tests.Evaluation;

public sealed class JudgeTests : IDisposable
{
    private readonly TinyFaces _faces = new();

    private static McdmImage Disc(byte red, byte green, byte blue, int radius = 5) =>
        new(TinyFaces.Disc(radius, new(red, green, blue), PictureColor.White)) { Name = "disc" };

    [Fact]
    public void A_judge_learns_attributes_what_is_hidden_and_parts()
    {
        using var judge = _faces.TrainJudge();
        var items = _faces.Dataset.Items;
        var overlap = new IntersectionOverUnion(2);
        var masks = new SegmentEncoder(judge.Parts, judge.ImageSize, judge.ImageSize);
        foreach (var (item, seen) in items.Zip(judge.Look(items.Select(item => item.ReadPicture()).ToList())))
        {
            Assert.Equal(item.Labels, seen.Attributes);
            overlap.Add(seen.Parts, masks.Classes(Condition.FromSegment(item.ReadMask!())));
        }
        Assert.InRange(overlap.Mean()!.Value, 0.95, 1);
    }

    [Fact]
    public void What_a_judge_sees_in_a_picture_does_not_depend_on_the_others()
    {
        using var judge = _faces.TrainJudge(steps: 2);
        Picture[] pictures = [Disc(200, 0, 0).Picture, Disc(0, 0, 200).Picture, Disc(0, 200, 0, radius: 3).Picture];
        var together = judge.Look(pictures);
        for (int i = 0; i < pictures.Length; i++)
        {
            var alone = Assert.Single(judge.Look([pictures[i]]));
            Assert.All(alone.Features.Zip(together[i].Features), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));
        }
        Assert.NotEqual(together[0].Features, together[1].Features);
        Assert.Empty(judge.Look([]));
    }

    [Fact]
    public void A_resumed_run_has_the_losses_of_an_uninterrupted_one()
    {
        var options = TinyFaces.JudgeOptions(steps: 6);
        new Trainer(_faces.Dataset, options, _faces.Run("whole")).Run(resume: false);
        using var stop = new CancellationTokenSource();
        new Trainer(_faces.Dataset, options, _faces.Run("parts")) { Progress = state => { if (state.Step == 3) { stop.Cancel(); } } }.Run(resume: false, stop.Token);
        Assert.Equal("judge", new Trainer(_faces.Dataset, Trainer.OptionsOf(_faces.Run("parts")), _faces.Run("parts")).Run(resume: true).Expert);
        Assert.All(_faces.Losses("whole").Zip(_faces.Losses("parts")), pair => Assert.Equal(pair.First, pair.Second, 5));
        Assert.Equal(6, _faces.Losses("parts").Length);
    }

    [Fact]
    public void A_run_does_not_go_on_with_other_attributes()
    {
        new Trainer(_faces.Dataset, TinyFaces.JudgeOptions(steps: 1), _faces.Run("run")).Run(resume: false);
        File.WriteAllText(_faces.Data("labels.jsonl"), File.ReadAllText(_faces.Data("labels.jsonl")).Replace("\"grey\"", "\"silver\"", StringComparison.Ordinal));
        var trainer = new Trainer(_faces.Dataset, Trainer.OptionsOf(_faces.Run("run")), _faces.Run("run"));
        Assert.Equal("CheckpointDataset", Assert.Throws<McdmException>(() => trainer.Run(resume: true)).Id);
    }

    [Fact]
    public void Masks_alone_or_attributes_alone_train_a_judge_and_neither_is_refused()
    {
        File.Delete(_faces.Data("labels.jsonl"));
        File.Delete(_faces.Data("phrases.json"));
        using (var masks = _faces.TrainJudge(steps: 1))
        {
            Assert.Empty(masks.Attributes);
            var both = Measured(masks, Condition.FromText("a red disc"), TinyFaces.Conditions()[2]);
            Assert.Equal((null, true), (both.Text, both.Segment is not null));
            Assert.Contains("reads no sentences", Assert.Single(both.NotMeasured), StringComparison.Ordinal);
        }
        Directory.Delete(_faces.Data("masks"), recursive: true);
        Assert.Equal("DatasetLacksLabels", Assert.Throws<McdmException>(() => _faces.TrainJudge(steps: 1)).Id);
        File.WriteAllText(_faces.Data("labels.jsonl"), """{"file": "000.png", "size": "small"}""" + "\n" + """{"file": "015.png", "size": "large"}""");
        using var attributes = _faces.TrainJudge(steps: 1);
        Assert.Empty(attributes.Parts);
        Assert.Empty(Assert.Single(attributes.Look([Disc(1, 2, 3).Picture])).Parts);
        var mask = Measured(attributes, TinyFaces.Conditions()[2]);
        Assert.Null(mask.Segment);
        Assert.Contains("knows no parts", Assert.Single(mask.NotMeasured), StringComparison.Ordinal);
    }

    private static ImageMeasurement Measured(Judge judge, params Condition[] conditions)
    {
        var image = Disc(220, 40, 30);
        return new Expectation(judge, image, conditions).Against(judge.Look([image.Picture])[0]);
    }

    [Fact]
    public void A_sentence_that_states_nothing_and_a_picture_that_no_judge_knows_are_notes_beside_the_other_figures()
    {
        using var judge = _faces.TrainJudge(steps: 1);
        var measured = Measured(judge, Condition.FromText("a dog on a lawn"), TinyFaces.Conditions()[1], Condition.Of(Modality.Picture, Disc(1, 2, 3).Picture));
        Assert.NotNull(measured.Sketch);
        Assert.Equal(2, measured.NotMeasured.Count);
        Assert.Contains("'a dog on a lawn' states nothing", measured.NotMeasured[0], StringComparison.Ordinal);
        Assert.Contains("colour, sheen", measured.NotMeasured[0], StringComparison.Ordinal);
        Assert.Contains("no judge knows Picture conditions", measured.NotMeasured[1], StringComparison.Ordinal);
    }

    private static McdmException Refused(Judge judge, Condition condition) =>
        Assert.Throws<McdmException>(() => new Expectation(judge, Disc(220, 40, 30), [condition]));

    [Fact]
    public void A_picture_is_measured_by_each_of_its_conditions()
    {
        using var judge = _faces.TrainJudge();
        var image = Disc(220, 40, 30);
        ImageMeasurement Measure(params Condition[] conditions)
        {
            var expected = new Expectation(judge, image, conditions);
            return expected.Against(Assert.Single(judge.Look([expected.Picture])));
        }
        var right = Measure(TinyFaces.Conditions());
        Assert.Equal((1, 1), (right.Text, right.Sketch));
        Assert.Equal(0, right.Chamfer);
        Assert.InRange(right.Segment!.Value, 0.9, 1);
        Assert.Equal(["background", "disc"], right.Parts.Select(part => part.Part));

        var wrong = Measure(Condition.FromText("a blue disc, or a red disc"));
        Assert.Equal((0.5, null, null, null), (wrong.Text, wrong.Segment, wrong.Sketch, wrong.Chamfer));
        Assert.Equal(["colour: red, not blue", "colour: red"], wrong.Statements.Select(statement => statement.ToString()));

        image = Disc(140, 140, 140);
        var hidden = Measure(Condition.FromText("a dull grey disc"));
        Assert.Equal(1, hidden.Text);
        Assert.Equal(["sheen: hidden", "colour: grey"], hidden.Statements.Select(statement => statement.ToString()));
        Assert.Null(Measure(Condition.FromText("it is dull")).Text);
    }

    [Fact]
    public void A_larger_picture_is_seen_as_its_average_and_its_edges_are_those_of_its_own_size()
    {
        using var judge = _faces.TrainJudge(steps: 20);
        var small = Disc(220, 40, 30);
        var large = new McdmImage(DrawnLevels.Enlarged(small.Picture, 3)) { Name = "large" };
        var seen = judge.Look([small.Picture, large.Picture]);
        Assert.Equal(seen[0].Features, seen[1].Features);
        Assert.Equal(seen[0].Parts, seen[1].Parts);

        var mask = TinyFaces.Conditions()[2];
        var lines = CannyEdges.Find(large.Picture);
        var measured = new Expectation(judge, large, [Condition.FromSketch(SketchLines.ToPicture(lines, 48, 48)), mask]).Against(seen[1]);
        Assert.Equal((1, 0), (measured.Sketch, measured.Chamfer));
        Assert.Equal(new Expectation(judge, small, [mask]).Against(seen[0]).Segment, measured.Segment);

        // The small sketch's lines, read at the large size, are where the large picture's edges are but for the size of its pixels.
        var another = new Expectation(judge, large, [TinyFaces.Conditions()[1]]).Against(seen[1]);
        Assert.InRange(another.Chamfer!.Value, 0.1, 2);
    }

    [Theory]
    [InlineData(8, 8)]
    [InlineData(24, 24)]
    [InlineData(32, 16)]
    public void Smaller_pictures_and_those_that_are_no_whole_multiple_are_refused_where_the_judge_must_look(int width, int height)
    {
        using var judge = _faces.TrainJudge(steps: 1);
        var image = new McdmImage(Pictures.Filled(width, height, PictureColor.White));
        Assert.Equal("JudgeSize", Assert.Throws<McdmException>(() => judge.Look([image.Picture])).Id);
        Assert.Equal("JudgeSize", Assert.Throws<McdmException>(() => new Expectation(judge, image, [Condition.FromText("a red disc")])).Id);
        var measured = new Expectation(judge, image, []).Against(Judgement.None);
        Assert.Equal((0, 1.0, 0), (measured.Grain, measured.FlatShare, measured.Attributes.Count));
    }

    [Fact]
    public void A_reference_has_its_flat_places_its_grain_and_its_spectrum()
    {
        using var judge = _faces.TrainJudge(steps: 1);
        var items = _faces.Dataset.Items;
        var reports = new List<(int, int)>();
        var reference = ReferenceSet.Look(judge, items, (done, all) => reports.Add((done, all)));
        Assert.Equal((16, 0.0), (reference.Seen.Count, reference.Grain));
        Assert.Contains(0, reference.Flat!.Corners);
        Assert.Equal(items.Average(item => Flatness.Share(Flatness.Of(item.ReadPicture()))), reference.FlatShare);
        Assert.Equal((16, 16), (reference.Spectrum!.Width, reference.Spectrum.Height));
        Assert.Equal((32, 32), reports[^1]);
        PngFile.Write(Pictures.Filled(32, 32, PictureColor.White), _faces.Data("images/015.png"), overwrite: true);
        var mixed = ReferenceSet.Look(judge, _faces.Dataset.Items);
        Assert.Equal((16, null, null, null), (mixed.Seen.Count, mixed.Grain, mixed.Flat, mixed.Spectrum));
    }

    [Fact]
    public void The_grain_of_a_set_is_measured_where_the_reference_is_flat()
    {
        using var judge = _faces.TrainJudge(steps: 1);
        var reference = ReferenceSet.Look(judge, [.. Enumerable.Range(0, 4).SelectMany(_ => _faces.Dataset.Items)]);
        var warnings = new List<string>();
        SetMeasurement Measure(Func<int, Picture> picture)
        {
            warnings.Clear();
            var measured = Enumerable.Range(0, 50).Select(i =>
            {
                var expected = new Expectation(judge, new McdmImage(picture(i)), []);
                return expected.Against(Assert.Single(judge.Look([expected.Picture])), reference);
            }).ToList();
            return SetMeasurement.Of(measured, reference, warnings.Add);
        }
        var same = Measure(i => _faces.Dataset.Items[i % 16].ReadPicture());
        Assert.Equal((0, 0), (same.Grain, same.ReferenceGrain));
        Assert.InRange(same.FlatShare!.Value, same.ReferenceFlatShare!.Value - 0.05, same.ReferenceFlatShare.Value + 0.05);
        Assert.Equal((16, 16), (same.Spectrum!.Width, same.ReferenceSpectrum!.Width));
        Assert.Empty(warnings);

        var noisy = Measure(i => DrawnLevels.Noise(16, 5, i));
        Assert.Equal(5, noisy.Grain!.Value, 0.2);
        Assert.Empty(warnings);

        var large = Measure(i => DrawnLevels.Noise(32, 5, i));
        Assert.Equal((null, 0, 32), (large.Grain, large.ReferenceGrain, large.Spectrum!.Width));
        Assert.Contains("16×16", Assert.Single(warnings), StringComparison.Ordinal);

        var mixed = Measure(i => DrawnLevels.Noise(i == 7 ? 32 : 16, 5, i));
        Assert.Equal((null, null), (mixed.Grain, mixed.Spectrum));
        Assert.Equal(2, warnings.Count);
        Assert.StartsWith("The pictures differ in size", warnings[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_judge_of_another_domain_is_refused_with_what_differs()
    {
        using var judge = _faces.TrainJudge(steps: 1);
        var size = Assert.Throws<McdmException>(() => new Expectation(judge, new McdmImage(Pictures.Filled(20, 16, PictureColor.White)) { Name = "wide" }, TinyFaces.Conditions()));
        Assert.Equal("JudgeSize", size.Id);
        Assert.Contains("'wide' has 20×16 pixels", size.Message, StringComparison.Ordinal);
        var parts = Refused(judge, Condition.FromSegment(Pictures.Filled(16, 16, new(1, 2, 3))));
        Assert.Equal("JudgeParts", parts.Id);
        Assert.Contains("#010203", parts.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_folder_is_refused()
    {
        new Trainer(_faces.Dataset, TinyFaces.JudgeOptions(steps: 1), _faces.Run("judge")).Run(resume: false);
        string description = Path.Combine(_faces.Run("judge"), JudgePack.DescriptionFile), text = File.ReadAllText(description);
        string Refused(string field, JsonNode? value)
        {
            var json = JsonNode.Parse(text)!;
            json[field] = value;
            File.WriteAllText(description, json.ToJsonString());
            return Assert.Throws<McdmException>(() => JudgePack.Read(_faces.Run("judge"))).Id;
        }
        Assert.Equal("JudgeWeightsChanged", Refused("sha256", new string('0', 64)));
        Assert.Equal("JudgeFormat", Refused("format", "mcdm-judge-0"));
        foreach (var (field, value) in new (string, JsonNode?)[] { ("imageSize", 18), ("attributes", new JsonArray()), ("parts", null), ("name", ""), ("weights", "../judge.safetensors"), ("network", null) })
        {
            Assert.Equal((field, "JudgeDescriptionInvalid"), (field, Refused(field, value)));
        }
        File.Delete(description);
        Assert.Equal("JudgeNotFound", Assert.Throws<McdmException>(() => JudgePack.Read(_faces.Run("judge"))).Id);
    }

    [Fact]
    public void A_set_has_the_means_of_its_pictures_and_small_ones_are_not_compared()
    {
        static ImageMeasurement picture(double? text, float feature, string composition) => new()
        {
            Name = "p", Grain = feature, FlatShare = 0.5, Scores = text is { } score ? [new(Modality.Text, score)] : [], Features = [feature, 0], Composition = composition, Attributes = new Dictionary<string, string?>(),
            Statements = text is null ? [] : [new(new Statement("hair", ["red"], "red"), text == 1 ? "red" : "black"), new(new Statement("eyes", ["open"], "open"), null)],
        };
        var set = SetMeasurement.Of([picture(1, 0, "a"), picture(0, 2, "a"), picture(null, 9, "b"), picture(1, 9, "c"), picture(1, 9, "c")]);
        Assert.Equal((5, 0.75, null, 1.0), (set.Pictures, set.Text, set.Segment, set.Diversity));
        Assert.Equal((29.0 / 5, 0.5), (set.Grain, set.FlatShare));
        Assert.Equal(["eyes: hidden", "hair: 0.750 of 4"], set.Statements.Select(score => score.ToString()));

        var many = Enumerable.Range(0, 60).Select(i => picture(null, i, "a")).ToList();
        var seen = many.ConvertAll(one => new Judgement(one.Attributes, [], one.Features));
        var reference = new ReferenceSet { Seen = seen };
        Assert.Equal("TooFewPictures", Assert.Throws<McdmException>(() => SetMeasurement.Of(many.Take(49).ToList(), reference)).Id);
        Assert.Equal("TooFewPictures", Assert.Throws<McdmException>(() => SetMeasurement.Of(many, new ReferenceSet { Seen = seen[..49] })).Id);
        var same = SetMeasurement.Of(many, reference);
        Assert.Equal((60, 1, 1), (same.Reference, same.Precision, same.Recall));
        Assert.Equal(0, same.Fid!.Value, 6);
    }

    public void Dispose() => _faces.Dispose();
}
