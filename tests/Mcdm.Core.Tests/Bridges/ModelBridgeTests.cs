using Mcdm.Diffusion.Composition;
using Mcdm.Diffusion.Samplers;
using Mcdm.Experts;
using Mcdm.Modalities;
using Mcdm.Sampling;
using Xunit;

namespace Mcdm.Core.Tests.Bridges;

public sealed class ModelBridgeTests : IDisposable
{
    private readonly TinyFaces _faces = new();

    public void Dispose() => _faces.Dispose();

    private Model Latent() => _faces.TrainAllIn(_faces.TrainSpace());

    private static McdmImage[] Sample(Model model, int batchSize, params Condition[] conditions)
    {
        using var generator = new ImageGenerator(model) { BatchSize = batchSize };
        generator.Add(new GenerationRequest { Conditions = conditions, Count = 2, Seed = 4, Sampling = new SamplerOptions { Steps = 4 } });
        return [.. generator.Sample(rest: true).SelectMany(batch => batch.Images)];
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Experts_of_pixels_steer_latents_and_the_other_way_round(bool drawsLatents)
    {
        var (latent, pixels) = (Latent(), _faces.TrainAll());
        using var model = ModelBridge.Build(drawsLatents ? [latent, pixels] : [pixels, latent]);
        var (first, other) = drawsLatents ? ("TinyLatent", "Tiny") : ("Tiny", "TinyLatent");
        Assert.Equal($"{first}+{other}", model.Name);
        Assert.Equal(drawsLatents, model.Space.IsLatent);
        Assert.Contains(model.Experts, expert => expert.Name == $"{other}.sketch");
        Assert.DoesNotContain(model.Experts, expert => expert.Name.EndsWith("unconditional", StringComparison.Ordinal) && expert.Name.Contains('.', StringComparison.Ordinal));

        var conditions = TinyFaces.Conditions();
        // Experts of four steps ask for little.
        var sketch = conditions[1].For($"{other}.sketch").Weighted(60);
        var crossed = Sample(model, 2, conditions[0], sketch);
        Assert.Equal((TinyFaces.Size, TinyFaces.Size), (crossed[0].Width, crossed[0].Height));
        // It counts, and the recipe makes the same picture again.
        Assert.NotEqual(Sample(model, 2, conditions[0])[0].Picture.GetRgba(), crossed[0].Picture.GetRgba());
        Assert.Equal(new BridgeOptions(), crossed[1].Recipe!.Bridge);
        var recipe = Recipe.FromJson(crossed[1].Recipe!.ToJson());
        using var again = new ImageGenerator(model) { BatchSize = 2 };
        again.Add(recipe.ToRequest());
        var repeated = again.Sample(rest: true).SelectMany(batch => batch.Images).Single();
        Assert.InRange(crossed[1].Picture.GetRgba().Zip(repeated.Picture.GetRgba()).Max(pair => Math.Abs(pair.First - pair.Second)), 0, 1);
        Assert.Null(Sample(model, 2, conditions[0])[0].Recipe!.Bridge);
    }

    [Fact]
    public void What_it_costs_is_told()
    {
        using var model = ModelBridge.Build([Latent(), _faces.TrainAll()]);
        var conditions = TinyFaces.Conditions();
        using var generator = new ImageGenerator(model);
        using var prepared = generator.Prepare(new GenerationRequest { Conditions = [conditions[0].For("Tiny.text"), conditions[1].For("Tiny.sketch")], Sampling = new SamplerOptions { Steps = 4 } });
        // ε_u, that of the other three times, and two conditions; x̂_u is decoded and encoded again, as is each condition's change.
        Assert.Equal(4 * 6, prepared.Cost.EvaluationsPerPicture);
        Assert.Equal(4 * 4, prepared.Cost.CodingsPerPicture);
    }

    [Fact]
    public void Other_sizes_and_proportions_keep_the_others_number_of_pixels()
    {
        using var model = ModelBridge.Build([_faces.TrainAll(), Latent()]);
        using var generator = new ImageGenerator(model);
        generator.Add(new GenerationRequest { Conditions = [TinyFaces.Conditions()[0].For("TinyLatent.text")], Width = 32, Height = 16, Sampling = new SamplerOptions { Steps = 2 } });
        var image = generator.Sample(rest: true).SelectMany(batch => batch.Images).Single();
        Assert.Equal((32, 16), (image.Width, image.Height));
    }

    [Theory]
    [InlineData(40, 16)]
    [InlineData(24, 56)]
    public void Sizes_that_the_others_factor_does_not_divide_are_seen_at_the_nearest_that_it_does(int width, int height)
    {
        using var model = ModelBridge.Build([_faces.TrainAll(), Latent()]);
        var expert = model.Expert("TinyLatent.text");
        var crossing = (CrossingExpert)expert.At(width, height);
        Assert.Equal((0, 0), (crossing.Expert.Space.PictureWidth % 8, crossing.Expert.Space.PictureHeight % 8));
        Assert.Equal((width, height), (crossing.Space.PictureWidth, crossing.Space.PictureHeight));
        Assert.InRange(crossing.Expert.Space.PictureWidth * crossing.Expert.Space.PictureHeight / (double)(TinyFaces.Size * TinyFaces.Size), 0.5, 4);
    }

    [Fact]
    public void Particles_are_refused_by_name()
    {
        using var model = ModelBridge.Build([Latent(), _faces.TrainAll()]);
        using var generator = new ImageGenerator(model);
        var refused = Assert.Throws<McdmException>(() => generator.Prepare(new GenerationRequest
        {
            Conditions = [TinyFaces.Conditions()[0].For("Tiny.text")],
            Particles = new ParticleOptions { Particles = 2 },
            Sampling = new SamplerOptions { Sampler = new Ddpm(), Steps = 4 },
        }));
        Assert.Equal("BridgeParticles", refused.Id);
    }

    [Fact]
    public void One_space_needs_no_bridge_and_a_model_without_an_unconditional_expert_has_none()
    {
        using var one = _faces.TrainAll();
        Assert.Equal("BridgeOneSpace", Assert.Throws<McdmException>(() => ModelBridge.Build([one])).Id);
        using var two = _faces.Train(Modality.LowResolution);
        var same = Assert.Throws<McdmException>(() => ModelBridge.Build([one, two]));
        Assert.Equal("BridgeOneSpace", same.Id);
        Assert.Contains("-Join", same.Message, StringComparison.Ordinal);
        using var latent = Latent();
        using var text = _faces.Train(Modality.Text);
        var refused = Assert.Throws<McdmException>(() => ModelBridge.Build([latent, text]));
        Assert.Equal("BridgeUnconditional", refused.Id);
        Assert.Contains(text.Name, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Models_of_the_first_ones_space_are_joined_to_it()
    {
        using var model = ModelBridge.Build([Latent(), _faces.TrainAll(), _faces.Train(Modality.LowResolution)]);
        Assert.Equal(9, model.Experts.Count);
        Assert.Equal(4, model.Experts.Count(expert => expert.Name.Contains('.', StringComparison.Ordinal)));
    }
}
