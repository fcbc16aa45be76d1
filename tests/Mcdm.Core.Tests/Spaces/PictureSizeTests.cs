using Mcdm.Diffusion.Process;
using Mcdm.Diffusion.Samplers;
using Mcdm.Diffusion.Schedules;
using Mcdm.Experts;
using Mcdm.Imaging;
using Mcdm.Sampling;
using Xunit;

namespace Mcdm.Core.Tests.Spaces;

/// <summary>The size of pictures comes with the request, where the networks allow it.</summary>
public sealed class PictureSizeTests : IDisposable
{
    private readonly TinyFaces _faces = new();

    private static readonly SamplerOptions Few = new() { Steps = 3 };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_request_may_ask_for_another_size_and_its_recipe_repeats_it(bool latent)
    {
        using var codec = latent ? _faces.TrainSpace() : null;
        using var model = codec is null ? _faces.TrainAll() : _faces.TrainAllIn(codec);
        using var generator = new ImageGenerator(model);
        var request = new GenerationRequest { Conditions = TinyFaces.Conditions(), Width = 24, Height = 32, Sampling = Few, Seed = 2 };
        var image = generator.Generate(request).Single();
        Assert.Equal((24, 32), (image.Picture.Width, image.Picture.Height));
        Assert.Equal(image.Picture.Rgba, generator.Generate(Recipe.FromJson(image.Recipe!.ToJson()).ToRequest()).Single().Picture.Rgba);
        // The size that the model was trained at is the default, and asking for it changes nothing.
        var plain = generator.Generate(request with { Width = null, Height = null }).Single();
        Assert.Equal(plain.Picture.Rgba, generator.Generate(request with { Width = TinyFaces.Size, Height = TinyFaces.Size }).Single().Picture.Rgba);
    }

    [Fact]
    public void Pictures_of_two_sizes_are_batches_of_their_own()
    {
        using var model = _faces.Train(null);
        using var generator = new ImageGenerator(model) { BatchSize = 4 };
        generator.Add(new GenerationRequest { Count = 2, Sampling = Few });
        generator.Add(new GenerationRequest { Count = 2, Width = 32, Height = 16, Sampling = Few });
        Assert.Equal([16, 32], generator.Sample(rest: true).Select(batch => batch.Images[0].Picture.Width));
    }

    [Theory]
    [InlineData(18, 16)]
    [InlineData(16, 6)]
    public void A_size_that_the_networks_cannot_halve_is_refused_with_the_multiple(int width, int height)
    {
        using var model = _faces.Train(null);
        using var generator = new ImageGenerator(model);
        var error = Assert.Throws<McdmException>(() => generator.Prepare(new GenerationRequest { Width = width, Height = height }));
        Assert.Equal("SizeIndivisible", error.Id);
        Assert.Contains("multiples of 4", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_space_is_what_its_betas_are_whatever_its_schedule_and_size_are_called()
    {
        // With one level, both families have the largest β that there is.
        LatentSpace linear = new(3, 8, 8, new VariancePreserving(NoiseScheduleKind.Linear, 1));
        LatentSpace cosine = new(3, 16, 8, new VariancePreserving(NoiseScheduleKind.Cosine, 1));
        Assert.True(linear.Matches(cosine));
        Assert.False(linear.Matches(linear with { Process = new VariancePreserving(NoiseScheduleKind.Linear, 2) }));
        Assert.False(linear.Matches(linear with { Autoencoder = "0123456789abcdef" }));
        Assert.NotEqual(linear, cosine);
        Assert.Equal(linear, linear with { Process = cosine.Process });
    }

    public void Dispose() => _faces.Dispose();
}
