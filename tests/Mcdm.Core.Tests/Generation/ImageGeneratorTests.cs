using Mcdm.Core.Tests.Compositions;
using Mcdm.Diffusion.Composition;
using Mcdm.Diffusion.Samplers;
using Mcdm.Experts;
using Mcdm.Imaging;
using Mcdm.Imaging.Files;
using Mcdm.Modalities;
using Mcdm.Sampling;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Generation;

public sealed class TinyModel : IDisposable
{
    private readonly TinyFaces _faces = new();

    public TinyModel() => Model = _faces.TrainAll();

    public Model Model { get; }

    public string Folder => _faces.Folder;

    public TinyFaces Faces => _faces;

    public void Dispose()
    {
        Model.Dispose();
        _faces.Dispose();
    }
}

public sealed class ImageGeneratorTests(TinyModel tiny) : IClassFixture<TinyModel>
{
    private static GenerationRequest Request(int count = 1, long seed = 5, string sampler = nameof(DpmSolver)) => new()
    {
        Conditions = TinyFaces.Conditions(),
        Count = count,
        Seed = seed,
        Sampling = new SamplerOptions { Sampler = Sampler.Parse(sampler).WithEta(0.3), Steps = 6 },
    };

    private List<McdmImage> Generate(GenerationRequest request, int batch = 4) => new ImageGenerator(tiny.Model) { BatchSize = batch }.Generate(request).ToList();

    /// <summary>The largest difference of a level of 255.</summary>
    private static int Largest(Picture a, Picture b) => a.Rgba.Zip(b.Rgba, (x, y) => Math.Abs(x - y)).Max();

    private static double Difference(Picture a, Picture b) => a.Rgba.Zip(b.Rgba, (x, y) => Math.Abs(x - y)).Average();

    [Theory]
    [InlineData("DpmSolver")]
    [InlineData("Ddim")]
    [InlineData("Ddpm")]
    public void Batches_of_one_and_four_give_the_same_pictures_to_a_level_of_255(string sampler)
    {
        var alone = Generate(Request(4, sampler: sampler), batch: 1);
        var together = Generate(Request(4, sampler: sampler), batch: 4);
        Assert.Equal([5, 6, 7, 8], together.Select(image => image.Seed!.Value));
        for (int k = 0; k < 4; k++) { Assert.InRange(Largest(alone[k].Picture, together[k].Picture), 0, 1); }
        Assert.True(Difference(together[0].Picture, together[1].Picture) > 2, "different seeds give different pictures");
    }

    [Fact]
    public void Picture_k_is_the_first_picture_of_seed_plus_k() =>
        Assert.InRange(Difference(Generate(Request(3), batch: 3)[2].Picture, Generate(Request(1, seed: 7))[0].Picture), 0, 1);

    [Fact]
    public void A_recipe_read_back_makes_the_same_picture()
    {
        var image = Generate(Request())[0];
        var recipe = Recipe.FromJson(image.Recipe!.ToJson());
        var again = Generate(recipe.ToRequest())[0];
        Assert.Equal(image.Picture.Rgba, again.Picture.Rgba);
        Assert.Equal(3, recipe.Conditions.Count);
        Assert.Equal(TinyFaces.Conditions().Select(c => c.ContentHash), recipe.Conditions.Select(c => c.Sha256));
    }

    [Fact]
    public void A_recipe_makes_the_same_picture_with_its_combiner()
    {
        var image = Generate(Request() with { Combiner = new Mixture() })[0];
        Assert.True(Difference(image.Picture, Generate(Request())[0].Picture) > 0, "the combiner changes nothing");
        Assert.Equal(image.Picture.Rgba, Generate(Recipe.FromJson(image.Recipe!.ToJson()).ToRequest())[0].Picture.Rgba);
    }

    [Fact]
    public void A_saved_picture_carries_its_recipe()
    {
        string path = Path.Combine(tiny.Folder, "saved-5.png");
        var image = Generate(Request())[0];
        PngFile.Write(image.Picture, path, new Dictionary<string, string> { [Recipe.TextKeyword] = image.Recipe!.ToJson() });
        Assert.Equal(image.Recipe.ToJson(), Recipe.FromPng(path).ToJson());
        var read = McdmImage.FromFile(path);
        Assert.Equal((image.Recipe.ToJson(), "saved-5"), (read.Recipe!.ToJson(), read.FileName));
    }

    [Theory]
    [InlineData("{}", "RecipeInvalid")]
    [InlineData("no json", "RecipeInvalid")]
    [InlineData("""{"format":"mcdm-recipe-9","model":"x","conditions":[],"seed":1,"sampling":{},"precision":"float32"}""", "RecipeFormat")]
    [InlineData("""{"format":"mcdm-recipe-1","model":"x","conditions":[],"seed":1,"sampling":{},"precision":"float32"}""", "RecipeFormat")]
    [InlineData("""{"format":"mcdm-recipe-2","model":"x","conditions":[],"seed":1,"sampling":{},"precision":"float32"}""", "RecipeFormat")]
    [InlineData("""{"format":"mcdm-recipe-9","model":"x","conditions":[{"modality":"smell"}],"seed":1,"sampling":{},"precision":"float32"}""", "RecipeFormat")]
    [InlineData("""{"format":"mcdm-recipe-3","model":"x","conditions":[{"modality":"smell"}],"seed":1,"sampling":{},"precision":"float32"}""", "RecipeInvalid")]
    public void What_is_no_recipe_is_refused(string json, string id) => Assert.Equal(id, Assert.Throws<McdmException>(() => Recipe.FromJson(json)).Id);

    [Fact]
    public void The_first_batch_is_handed_out_before_the_second_is_sampled()
    {
        int steps = 0;
        var generator = new ImageGenerator(tiny.Model) { BatchSize = 2, Progress = _ => steps++ };
        using var images = generator.Generate(Request(4)).GetEnumerator();
        Assert.True(images.MoveNext());
        Assert.Equal(6, steps);
    }

    [Fact]
    public void Two_threads_may_share_a_model()
    {
        var alone = Generate(Request(2))[1].Picture.Rgba;
        var together = new byte[4][];
        Parallel.For(0, 4, k => together[k] = Generate(Request(2))[1].Picture.Rgba);
        Assert.All(together, picture => Assert.Equal(alone, picture));
    }

    [Fact]
    public void Different_compositions_in_one_batch_are_what_each_is_alone()
    {
        Condition[][] rows =
        [
            TinyFaces.Conditions(),
            [Condition.FromText("a discs of green, and a longer sentence"), TinyFaces.Conditions()[1], TinyFaces.Conditions()[2]],
            [],
            [Condition.FromText("red", 1.7)],
            [TinyFaces.Conditions()[2], TinyFaces.Conditions()[1]],
        ];
        using var scope = NewDisposeScope();
        var z = randn(rows.Length, 3, TinyFaces.Size, TinyFaces.Size);
        var pictures = rows.Select(row => new Composition(tiny.Model.Experts, row)).ToList();
        using var both = new Composer(pictures);
        var (together, agreement) = both.PredictWithAgreement(z, 300);
        for (int k = 0; k < rows.Length; k++)
        {
            using var one = new Composer(tiny.Model.Experts, rows[k]);
            var (alone, agreed) = one.PredictWithAgreement(z[k].unsqueeze(0), 300);
            Assert.InRange((alone - together[k]).abs().max().ToDouble(), 0, 1e-4);
            Assert.Equal(agreed![0].ToDouble(), agreement![k].ToDouble(), 2);
        }
        foreach (var picture in pictures) { picture.Dispose(); }
    }

    [Fact]
    public void Requests_share_batches_and_give_the_pictures_they_give_alone()
    {
        GenerationRequest[] requests =
        [
            Request(3) with { Name = "all" },
            Request(1, seed: 20) with { Conditions = [Condition.FromText("red")], Name = "text" },
            Request(2, seed: 30) with { Conditions = [], Name = "none" },
            Request(1, seed: 40, sampler: nameof(Ddim)) with { Name = "other sampler" },
        ];
        using var generator = new ImageGenerator(tiny.Model) { BatchSize = 4 };
        var batches = new List<GeneratedBatch>();
        foreach (var request in requests)
        {
            generator.Add(request);
            batches.AddRange(generator.Sample(rest: false));
        }
        batches.AddRange(generator.Sample(rest: true));
        Assert.Equal([4, 2, 1], batches.Select(batch => batch.Images.Count));
        Assert.Equal([4, 1, 4], batches.Select(batch => batch.EvaluationsPerStep));
        var together = batches.SelectMany(batch => batch.Images).ToList();
        var alone = requests.SelectMany(request => Generate(request, batch: 1)).ToList();
        Assert.Equal(alone.Select(image => image.FileName), together.Select(image => image.FileName));
        for (int k = 0; k < alone.Count; k++)
        {
            Assert.InRange(Difference(alone[k].Picture, together[k].Picture), 0, 1);
            Recipe first = alone[k].Recipe!, second = together[k].Recipe!;
            Assert.Equal((first with { Disagreement = null }).ToJson(), (second with { Disagreement = null }).ToJson());
            // What is measured on the way is the same up to rounding, as the picture is.
            Assert.Equal(first.Disagreement?.Norms.Select(norms => norms.Condition), second.Disagreement?.Norms.Select(norms => norms.Condition));
            Assert.All(Measured(first).Zip(Measured(second)), pair => Assert.Equal(pair.First, pair.Second, 5e-4 * Math.Max(1, Math.Abs(pair.First))));
            Assert.Equal(Measured(first).Count(), Measured(second).Count());
        }

        static IEnumerable<double> Measured(Recipe recipe) => recipe.Disagreement is { } seen
            ? seen.Norms.SelectMany(norms => norms.Values).Concat(seen.Cosines.SelectMany(pair => pair.Values)) : [];
    }

    [Fact]
    public void Rows_that_alternate_share_batches_and_come_out_in_their_order()
    {
        using var generator = new ImageGenerator(tiny.Model) { BatchSize = 4, Claim = (_, seed) => seed != 5 };
        var batches = new List<GeneratedBatch>();
        for (int row = 0; row < 8; row++)
        {
            generator.Add(Request(1, seed: row, sampler: row % 2 == 0 ? nameof(Ddim) : nameof(Euler)));
            batches.AddRange(generator.Sample(rest: false));
        }
        batches.AddRange(generator.Sample(rest: true));
        Assert.Equal([4, 3], batches.Select(batch => batch.Pictures));
        Assert.Equal(["0", "1 2 3 4 6 7"], batches.Select(batch => string.Join(' ', batch.Images.Select(image => image.Seed))));
    }

    [Fact]
    public void A_picture_that_is_left_out_holds_no_other_back()
    {
        using var generator = new ImageGenerator(tiny.Model) { BatchSize = 2, Claim = (_, seed) => seed != 1 };
        foreach (int seed in (int[])[0, 1, 2]) { generator.Add(Request(1, seed, sampler: seed == 1 ? nameof(Euler) : nameof(Ddim))); }
        Assert.Equal([0L, 2L], generator.Sample(rest: true).SelectMany(batch => batch.Images).Select(image => image.Seed!.Value));
    }

    [Fact]
    public void Pictures_of_many_kinds_wait_for_a_few_batches_at_most()
    {
        using var generator = new ImageGenerator(tiny.Model) { BatchSize = 1 };
        for (int seed = 0; seed < 3; seed++) { generator.Add(Request(1, seed)); }
        Assert.Equal(3, generator.Sample(rest: false).Count());
        using var other = new ImageGenerator(tiny.Model) { BatchSize = 2 };
        for (int row = 0; row < 8; row++) { other.Add(Request(1, seed: row) with { Sampling = new SamplerOptions { Steps = row + 1 } }); }
        Assert.True(other.HasFullBatch);
    }

    [Fact]
    public void A_request_that_does_not_fit_leaves_what_waits_alone()
    {
        using var generator = new ImageGenerator(tiny.Model);
        generator.Add(Request(2) with { Conditions = [] });
        Assert.Throws<McdmException>(() => generator.Add(Request() with { Conditions = [Condition.FromText("a"), TinyFaces.LowResolution()] }));
        Assert.False(generator.HasFullBatch);
        Assert.Equal(2, Assert.Single(generator.Sample(rest: true)).Images.Count);
    }

    private static readonly ParticleOptions Four = new() { Particles = 4, Temperature = 0.02, ResampleThreshold = 0.9 };

    [Theory]
    [InlineData("DpmSolver")]
    [InlineData("Ddim")]
    [InlineData("Ddpm")]
    public void A_picture_of_particles_is_the_same_in_any_batch_and_from_its_recipe(string sampler)
    {
        var request = Request(3, sampler: sampler) with { Particles = Four };
        var together = Generate(request, batch: 12);
        var alone = Generate(request, batch: 1);
        for (int k = 0; k < 3; k++)
        {
            Assert.InRange(Difference(alone[k].Picture, together[k].Picture), 0, 1);
            var recipe = Recipe.FromJson(alone[k].Recipe!.ToJson());
            Assert.Equal(Four, recipe.Particles);
            var again = Generate(new GenerationRequest { Conditions = request.Conditions, Seed = recipe.Seed, Sampling = recipe.Sampling, Particles = recipe.Particles! }, batch: 1)[0];
            Assert.Equal(alone[k].Picture.Rgba, again.Picture.Rgba);
            Assert.Equal(recipe.ToJson(), again.Recipe!.ToJson());
            Assert.Equal(5, recipe.EffectiveSizes!.Count);
            Assert.All(recipe.EffectiveSizes, size => Assert.InRange(size, 1, 4));
        }
        Assert.Contains(together.SelectMany(image => image.Recipe!.EffectiveSizes!), size => size < 3.6);
    }

    [Fact]
    public void A_picture_is_one_of_its_particles_and_the_seed_draws_which()
    {
        // At a temperature this high, all particles weigh the same and none is resampled: each is a plain picture of its own seed.
        var images = Generate(Request(12, seed: 100) with { Particles = new ParticleOptions { Particles = 2, Temperature = 1e12 } }, batch: 24);
        var plain = Generate(Request(12, seed: 100), batch: 12);
        int first = images.Zip(plain).Count(pair => Difference(pair.First.Picture, pair.Second.Picture) < 1);
        Assert.InRange(first, 1, 11);
        Assert.All(images.Zip(plain).Where(pair => Difference(pair.First.Picture, pair.Second.Picture) >= 1), pair =>
        {
            long other = ParticleFilter.Seeds([pair.Second.Seed!.Value], 2)[1];
            Assert.InRange(Difference(pair.First.Picture, Generate(Request(1, seed: other))[0].Picture), 0, 1);
        });
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Seeds_that_differ_above_32_bits_make_other_pictures(int particles)
    {
        const long large = (1L << 32) + 5;
        var options = new ParticleOptions { Particles = particles };
        var small = Generate(Request(seed: 5) with { Particles = options })[0];
        var image = Generate(Request(seed: large) with { Particles = options })[0];
        Assert.True(Difference(small.Picture, image.Picture) > 2, "the seeds differ by 2³²");
        Assert.Equal(image.Picture.Rgba, Generate(Recipe.FromJson(image.Recipe!.ToJson()).ToRequest())[0].Picture.Rgba);
    }

    [Fact]
    public void A_picture_that_is_not_claimed_leaves_its_place_to_the_next()
    {
        var progress = new List<GenerationProgress>();
        using var generator = new ImageGenerator(tiny.Model) { BatchSize = 2, Claim = (_, seed) => seed % 2 == 1, Progress = progress.Add };
        generator.Add(Request(3, seed: 1));
        generator.Add(Request(2, seed: 4));
        Assert.Equal(["1 3", "5"], generator.Sample(rest: true).Select(batch => string.Join(' ', batch.Images.Select(image => image.Seed))));
        Assert.Equal((2, 3), (progress[^1].PicturesDone, progress[^1].Pictures));
        generator.Add(Request(1, seed: 6));
        Assert.Empty(generator.Sample(rest: true));
        Assert.False(generator.HasFullBatch);
    }

    [Fact]
    public void One_particle_is_plain_sampling_and_its_recipe_speaks_of_none()
    {
        var plain = Generate(Request())[0];
        var one = Generate(Request() with { Particles = new ParticleOptions { Temperature = 3 } })[0];
        Assert.Equal(plain.Picture.Rgba, one.Picture.Rgba);
        Assert.Equal(plain.Recipe!.ToJson(), one.Recipe!.ToJson());
        Assert.DoesNotContain("particles", plain.Recipe.ToJson(), StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("effectiveSizes", plain.Recipe.ToJson(), StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData(3, new[] { 2, 2, 1 })]
    [InlineData(8, new[] { 1, 1, 1, 1, 1 })]
    [InlineData(20, new[] { 1, 1, 1, 1, 1 })]
    public void A_batch_has_as_many_pictures_as_their_particles_fit(int particles, int[] batches)
    {
        using var generator = new ImageGenerator(tiny.Model) { BatchSize = 8 };
        var request = Request(5) with { Particles = new ParticleOptions { Particles = particles } };
        var cost = generator.Estimate(request);
        generator.Add(request);
        Assert.Equal((6, 4L * 6 * particles, particles), (cost.Steps, cost.EvaluationsPerPicture, cost.Particles));
        // One more picture may wait than the batches hold, and what samples otherwise goes into a batch of its own.
        generator.Add(Request(1, seed: 90));
        Assert.Equal([.. batches, 1], generator.Sample(rest: true).Select(batch => batch.Images.Count));
    }

    [Theory]
    [InlineData(0, 1, "ParticlesOutOfRange")]
    [InlineData(2, double.NaN, "TemperatureOutOfRange")]
    public void Particles_that_mean_nothing_are_refused_before_anything_waits(int particles, double temperature, string id)
    {
        using var generator = new ImageGenerator(tiny.Model);
        var request = Request() with { Particles = new ParticleOptions { Particles = particles, Temperature = temperature } };
        Assert.Equal(id, Assert.Throws<McdmException>(() => generator.Add(request)).Id);
        Assert.Empty(generator.Sample(rest: true));
    }

    [Fact]
    public void Counts_below_one_are_refused()
    {
        Assert.Equal("CountOutOfRange", Assert.Throws<McdmException>(() => Generate(Request(0))).Id);
        Assert.Equal("CountOutOfRange", Assert.Throws<McdmException>(() => Generate(Request(1), batch: -1)).Id);
    }

    [Fact]
    public void A_removed_model_says_so()
    {
        var model = tiny.Faces.Train(null);
        model.Dispose();
        Assert.Equal("ModelRemoved", Assert.Throws<McdmException>(() => new ImageGenerator(model).Generate(new GenerationRequest())).Id);
    }
}
