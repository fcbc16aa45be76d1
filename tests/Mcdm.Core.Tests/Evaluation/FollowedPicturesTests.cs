using System.Text.Json;
using Mcdm.Core.Tests.Imaging;
using Mcdm.Evaluation;
using Mcdm.Experts;
using Mcdm.Imaging;
using Mcdm.Imaging.Lines;
using Mcdm.Json;
using Mcdm.Modalities;
using Mcdm.Sampling;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Evaluation;

public sealed class FollowedPicturesTests : IDisposable
{
    private static readonly PictureColor Red = new(220, 40, 30);
    private static readonly Picture Disc = TinyFaces.Disc(5, Red, PictureColor.White);
    private readonly TinyFaces _faces = new();

    private static (IReadOnlyList<McdmImage>, GenerationRequest[]) Batch(Picture picture, params GenerationRequest[] requests) => ([.. requests.Select(request => new McdmImage(picture)
    {
        Recipe = new Recipe
        {
            Model = "discs",
            Width = picture.Width,
            Height = picture.Height,
            Conditions = [.. Condition.InOrder(request.Conditions).Select(condition => RecipeCondition.From(condition, condition))],
            Seed = 1,
            Sampling = request.Sampling,
            Combiner = request.Combiner,
            Precision = "float32",
        },
    })], requests);

    private static IReadOnlyList<McdmImage> Measured(Func<Judge?> judge, (IReadOnlyList<McdmImage> Images, GenerationRequest[] Requests) batch) =>
        new FollowedPictures(judge).Measured(batch.Images, batch.Requests);

    private static GenerationRequest Asking(params Condition[] conditions) => new() { Conditions = conditions };

    private static Condition Sketch(Picture picture) => Condition.FromSketch(SketchLines.ToPicture(CannyEdges.Find(picture), picture.Width, picture.Height));

    [Fact]
    public void Each_condition_has_its_score_and_what_was_missed_is_named()
    {
        using var judge = _faces.TrainJudge();
        var mask = Condition.FromSegment(TinyFaces.Disc(5, new(255, 128, 0), Pictures.Black));
        var measured = Measured(() => judge, Batch(Disc, Asking(Condition.FromText("a red disc"), mask, Sketch(Disc)), Asking(Condition.FromText("a blue disc"))));
        Assert.Equal([1, 1], measured[0].Recipe!.Followed!.Take(2).Select(one => one.Score));
        Assert.InRange(measured[0].Recipe!.Followed![2].Score!.Value, 0.9, 1);
        Assert.Equal("", measured[0].NotFollowed);
        Assert.StartsWith("text 1.00, sketch 1.00, segment ", measured[0].Followed, StringComparison.Ordinal);
        Assert.Equal(("text 0.00", "colour: red, not blue"), (measured[1].Followed, measured[1].NotFollowed));
        Assert.True(Assert.Single(measured[1].Recipe!.Following()).IsPoor);
        // A recipe takes it along.
        Assert.Equal("colour: red, not blue", Assert.Single(Recipe.FromJson(measured[1].Recipe!.ToJson()).Following()).NotFollowed);
    }

    [Fact]
    public void Scores_are_those_of_the_recipes_conditions_whatever_order_they_were_asked_in()
    {
        var other = Sketch(TinyFaces.Disc(2, Red, PictureColor.White));
        var image = Assert.Single(Measured(() => null, Batch(Disc, Asking(Sketch(Disc), other, Condition.FromText("a red disc")))));
        var scores = image.Recipe!.Conditions.Zip(image.Recipe.Followed!).ToDictionary(one => one.First.Sha256, one => one.Second.Score);
        Assert.Equal(1, scores[Sketch(Disc).ContentHash]);
        Assert.InRange(scores[other.ContentHash]!.Value, 0, 0.9);
        Assert.Null(scores[Condition.FromText("a red disc").ContentHash]);
    }

    [Fact]
    public void Without_a_judge_lines_are_measured_and_the_rest_is_told_by_its_lift()
    {
        var batch = Batch(Disc, Asking(Condition.FromText("a red disc"), Sketch(Disc)));
        var image = Assert.Single(Measured(() => null, batch));
        Assert.Equal("sketch 1.00", image.Followed);
        var seen = new Disagreement { Levels = [500], Norms = [new("text", [1]), new("sketch", [1])], Cosines = [], Lifts = [-0.25, 0.5] };
        image = image with { Recipe = image.Recipe! with { Disagreement = seen } };
        Assert.Equal(("text lift -0.25, sketch 1.00", "Text 'a red disc': lift -0.25", "text lift -0.25"), (image.Followed, image.NotFollowed, image.LeastFollowed));
    }

    [Fact]
    public void What_is_asked_not_to_be_has_no_score()
    {
        var image = Assert.Single(Measured(() => null, Batch(Disc, Asking(Sketch(Disc).Weighted(-1)))));
        Assert.Equal([null], image.Recipe!.Followed!.Select(one => one.Score));
        Assert.Equal("", image.Followed);
    }

    [Fact]
    public void A_judge_whose_network_gives_no_numbers_is_an_error_of_its_own()
    {
        using var whole = _faces.TrainJudge(steps: 1);
        var description = JsonSerializer.Deserialize<JudgeDescription>(File.ReadAllText(Path.Combine(whole.Path, JudgePack.DescriptionFile)), ModelJson.Options)!;
        var network = JudgeNetwork.Create(description.Network);
        using (no_grad())
        {
            foreach (var parameter in network.parameters()) { parameter.fill_(float.NaN); }
        }
        using var judge = new Judge(description, network, whole.Path);
        Assert.Equal("JudgeFailed", Assert.Throws<McdmException>(() => Measured(() => judge, Batch(Disc, Asking(Condition.FromText("a red disc"))))).Id);
    }

    public void Dispose() => _faces.Dispose();
}
