using Mcdm.Core.Tests.Imaging;
using Mcdm.Diffusion.Samplers;
using Mcdm.Imaging;
using Mcdm.Modalities;
using Mcdm.Sampling;
using Xunit;

namespace Mcdm.Core.Tests.Generation;

/// <summary>Pictures come one batch at a time; what happens between two is the caller's business.</summary>
public sealed class ImageStreamTests(TinyModel tiny) : IClassFixture<TinyModel>
{
    private static GenerationRequest Request(int count, string sampler = nameof(DpmSolver)) =>
        new() { Conditions = TinyFaces.Conditions(), Count = count, Seed = 40, Sampling = new SamplerOptions { Sampler = Sampler.Parse(sampler), Steps = 4 } };

    private ImageGenerator Generator(int batch = 1) => new(tiny.Model) { BatchSize = batch };

    [Fact]
    public void A_model_removed_between_two_batches_says_so()
    {
        var model = tiny.Faces.Train(null);
        using var images = new ImageGenerator(model) { BatchSize = 1 }.Generate(Request(2) with { Conditions = [] }).GetEnumerator();
        Assert.True(images.MoveNext());
        model.Dispose();
        Assert.Equal("ModelRemoved", Assert.Throws<McdmException>(() => images.MoveNext()).Id);
    }

    [Fact]
    public void Nothing_is_sampled_before_the_first_picture_is_asked_for()
    {
        int steps = 0;
        var images = new ImageGenerator(tiny.Model) { BatchSize = 1, Progress = _ => steps++ }.Generate(Request(2));
        Assert.Equal(0, steps);
        Assert.Equal(2, images.Count());
        Assert.Equal(8, steps);
    }

    [Fact]
    public void Cancelling_ends_the_stream_between_two_steps()
    {
        using var stop = new CancellationTokenSource();
        var seen = new List<GenerationProgress>();
        var generator = new ImageGenerator(tiny.Model)
        {
            BatchSize = 2,
            Progress = progress =>
            {
                seen.Add(progress);
                if (progress is { PicturesDone: 2, Step: 3 }) { stop.Cancel(); }
            },
        };
        int done = 0;
        Assert.Throws<OperationCanceledException>(() =>
        {
            foreach (var _ in generator.Generate(Request(4), stop.Token)) { done++; }
        });
        Assert.Equal(2, done);
        Assert.Equal([(0, 4, 1, 4), (0, 4, 2, 4), (0, 4, 3, 4), (0, 4, 4, 4), (2, 4, 1, 4), (2, 4, 2, 4), (2, 4, 3, 4)],
            seen.Select(p => (p.PicturesDone, p.Pictures, p.Step, p.Steps)));
    }

    [Fact]
    public void A_last_batch_may_be_smaller()
    {
        var images = Generator(batch: 2).Generate(Request(5)).ToList();
        Assert.Equal([40, 41, 42, 43, 44], images.Select(image => image.Seed!.Value));
        Assert.Equal("Tiny-40", images[0].FileName);
        Assert.All(images, image => Assert.Equal((TinyFaces.Size, TinyFaces.Size), (image.Width, image.Height)));
    }

    [Theory]
    [InlineData("DpmSolver")]
    [InlineData("Ddim")]
    [InlineData("Ddpm")]
    public void Each_pictures_own_recipe_makes_it_again(string sampler)
    {
        var images = Generator().Generate(Request(3, sampler: sampler)).ToList();
        foreach (var image in images)
        {
            var recipe = Recipe.FromJson(image.Recipe!.ToJson());
            var again = Generator().Generate(new GenerationRequest { Conditions = recipe.Conditions.Select(c => c.ToCondition()).ToList(), Seed = recipe.Seed, Sampling = recipe.Sampling }).Single();
            Assert.Equal(image.Picture.Rgba, again.Picture.Rgba);
            // Hashes are of values as they were given; the second time, those are the recipe's own pictures.
            var hashed = again.Recipe!.Conditions.Zip(recipe.Conditions, (a, b) => a with { Sha256 = b.Sha256 }).ToList();
            Assert.Equal(recipe.ToJson(), (again.Recipe with { Conditions = hashed }).ToJson());
        }
    }

    [Fact]
    public void The_order_of_conditions_changes_not_a_byte()
    {
        var forward = Generator().Generate(Request(1)).Single();
        var backward = Generator().Generate(Request(1) with { Conditions = TinyFaces.Conditions().Reverse().ToList() }).Single();
        Assert.Equal(forward.Picture.Rgba, backward.Picture.Rgba);
        Assert.Equal(forward.Recipe!.ToJson(), backward.Recipe!.ToJson());
    }

    [Fact]
    public void Notes_are_told_once_a_request_not_once_a_batch()
    {
        var notes = new List<string>();
        string text = string.Join(' ', Enumerable.Repeat("red disc", 60));
        var images = new ImageGenerator(tiny.Model) { BatchSize = 1, Note = notes.Add }.Generate(Request(2) with { Conditions = [Condition.FromText(text)] }).ToList();
        Assert.Equal(2, images.Count);
        Assert.Contains("cut after", Assert.Single(notes), StringComparison.Ordinal);
    }

    [Fact]
    public void A_request_leaves_no_tensor_behind_finished_cancelled_or_refused()
    {
        var generator = Generator();
        void Finished() => Assert.Equal(2, generator.Generate(Request(2)).Count());
        void Abandoned() => Assert.NotNull(generator.Generate(Request(2)).First());
        void Cancelled()
        {
            using var stop = new CancellationTokenSource();
            var stopping = new ImageGenerator(tiny.Model) { BatchSize = 1, Progress = progress => { if (progress.Step == 2) { stop.Cancel(); } } };
            Assert.Throws<OperationCanceledException>(() => stopping.Generate(Request(2), stop.Token).Count());
        }
        void Refused() => Assert.Throws<McdmException>(() => generator.Generate(Request(1) with { Conditions = [Condition.FromText("a"), Condition.FromSegment(Pictures.Filled(1, 1, PictureColor.White))] }).Count());
        Assert.All(new[] { Finished, Abandoned, Cancelled, Refused }, run => Assert.Equal(0, LiveTensors.LeftBy(run)));
    }

    [Fact]
    public void Different_requests_on_two_threads_give_the_pictures_they_give_alone()
    {
        GenerationRequest[] requests = [Request(2, nameof(Ddpm)), Request(3) with { Seed = 9, Conditions = TinyFaces.Conditions()[..1] }];
        byte[][] Pictures(GenerationRequest request) => Generator().Generate(request).Select(image => image.Picture.Rgba).ToArray();
        var alone = requests.Select(Pictures).ToArray();
        var together = new byte[requests.Length][][];
        using var start = new Barrier(requests.Length);
        var threads = requests.Select((request, i) => new Thread(() =>
        {
            start.SignalAndWait();
            together[i] = Pictures(request);
        })).ToArray();
        foreach (var thread in threads) { thread.Start(); }
        foreach (var thread in threads) { thread.Join(); }
        Assert.Equal(alone, together);
    }

    [Theory]
    [InlineData(0, 4, "StepsOutOfRange")]
    [InlineData(1001, 4, "StepsOutOfRange")]
    [InlineData(4, int.MinValue, "CountOutOfRange")]
    public void Numbers_out_of_range_are_refused(int steps, int count, string id) =>
        Assert.Equal(id, Assert.Throws<McdmException>(() => Generator().Generate(Request(count) with { Sampling = new SamplerOptions { Steps = steps } }).Count()).Id);
}
