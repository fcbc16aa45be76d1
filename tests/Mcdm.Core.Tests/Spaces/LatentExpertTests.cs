using Mcdm.Core.Tests.Compositions;
using Mcdm.Core.Tests.Imaging;
using Mcdm.Diffusion.Samplers;
using Mcdm.Experts;
using Mcdm.Families.Own.Experts;
using Mcdm.Families.Own.Files;
using Mcdm.Imaging;
using Mcdm.Modalities;
using Mcdm.Runtime;
using Mcdm.Sampling;
using Mcdm.Training;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Spaces;

public sealed class LatentExpertTests : IDisposable
{
    private readonly TinyFaces _faces = new();

    private static readonly SamplerOptions Few = new() { Steps = 3 };

    [Fact]
    public void Experts_of_a_space_compose_and_their_pictures_are_decoded()
    {
        using var codec = _faces.TrainSpace();
        using var model = _faces.TrainAllIn(codec);
        var conditions = TinyFaces.Conditions().Append(TinyFaces.LowResolution()).ToList();
        using var generator = new ImageGenerator(model) { BatchSize = 2 };
        var images = generator.Generate(new GenerationRequest { Conditions = conditions, Count = 2, Seed = 5, Sampling = Few }).ToList();
        Assert.All(images, image => Assert.Equal((TinyFaces.Size, TinyFaces.Size), (image.Picture.Width, image.Picture.Height)));
        Assert.Equal(codec.Identity, images[0].Recipe!.Space);
        Assert.False(images[0].Recipe!.Sampling.ClipDenoised);

        // The same by hand: latents are sampled, then decoded.
        using var composer = new Composer(model.Experts, conditions);
        using var noise = new NoiseSource([5], [4, 4, 4]);
        using var z = Sampler.Sample(composer.Product(), model.Space.Process, noise.Next, Few with { ClipDenoised = false });
        using var decoded = codec.Decode(z);
        Assert.Equal(PictureTensor.FromTensor(decoded[0]).Rgba, images[0].Picture.Rgba);
    }

    [Fact]
    public void A_pack_carries_its_autoencoder_and_its_recipe_makes_the_picture_again()
    {
        using var codec = _faces.TrainSpace();
        using var model = _faces.TrainAllIn(codec);
        ModelPack.Write(model, _faces.Run("pack"));
        using var read = ModelPack.Read(_faces.Run("pack"));
        Assert.Equal(codec.Identity, read.Codec!.Identity);
        Assert.Equal(codec.Identity, SpacePack.Read(_faces.Run("pack")).Identity);
        using var generator = new ImageGenerator(read);
        var first = generator.Generate(new GenerationRequest { Conditions = TinyFaces.Conditions(), Sampling = Few, Seed = 3 }).Single();
        var recipe = Recipe.FromJson(first.Recipe!.ToJson());
        Assert.Equal(read.Hash, recipe.ModelHash);
        recipe.CheckFits(read, warning => Assert.Fail(warning));
        Assert.Equal(first.Picture.Rgba, generator.Generate(recipe.ToRequest()).Single().Picture.Rgba);
    }

    [Fact]
    public void A_recipe_of_pixels_is_refused_by_a_model_of_latents_and_both_are_named()
    {
        using var codec = _faces.TrainSpace();
        using var model = _faces.TrainAllIn(codec);
        var recipe = new Recipe { Model = "Faces", Conditions = [], Seed = 1, Sampling = Few, Precision = "float32" };
        var error = Assert.Throws<McdmException>(() => recipe.CheckFits(model));
        Assert.Equal("RecipeSpace", error.Id);
        Assert.Contains("'Faces' in pixels", error.Message, StringComparison.Ordinal);
        Assert.Contains(codec.Identity, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_recipe_of_other_weights_is_sampled_with_a_warning_that_names_both()
    {
        using var model = _faces.Train(null);
        var recipe = new Recipe { Model = "Faces", ModelHash = "0123456789abcdef", Conditions = [], Seed = 1, Sampling = Few, Precision = "float32" };
        var warnings = new List<string>();
        recipe.CheckFits(model, warnings.Add);
        Assert.Contains("0123456789abcdef", Assert.Single(warnings), StringComparison.Ordinal);
        Assert.Contains(model.Hash!, warnings[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Pictures_are_encoded_once_and_again_only_for_another_space_or_other_pictures()
    {
        using var codec = _faces.TrainSpace("one");
        using var other = _faces.TrainSpace("two", steps: 3);
        string path = Path.Combine(_faces.Folder, "latents.safetensors");
        int Encoded(TrainedCodec with, int items)
        {
            int batches = 0;
            using var latents = LatentCache.Of(path, _faces.Dataset.Items.Take(items).ToList(), with, TinyFaces.Size, (_, _) => batches++, default);
            Assert.Equal([items, 4, 4, 4], latents.shape);
            using var expected = with.Encode(PictureTensor.ToTensor(_faces.Dataset.Items[items - 1].ReadPicture(TinyFaces.Size, TinyFaces.Size)).unsqueeze(0));
            using var difference = latents[items - 1].to(ScalarType.Float32) - expected[0];
            Assert.InRange(difference.abs().max().ToDouble(), 0, 2e-3);
            return batches;
        }
        Assert.Equal(1, Encoded(codec, 16));
        Assert.Equal(0, Encoded(codec, 16));
        Assert.Equal(1, Encoded(codec, 9));
        Assert.Equal(1, Encoded(other, 9));
    }

    [Fact]
    public void A_resumed_run_in_a_space_has_the_losses_of_an_uninterrupted_one()
    {
        using var codec = _faces.TrainSpace();
        var options = TinyFaces.OptionsIn(codec, Modality.Sketch, steps: 6);
        new Trainer(_faces.Dataset, options, _faces.Run("whole"), codec, _faces.Dataset).Run(resume: false);
        using var stop = new CancellationTokenSource();
        new Trainer(_faces.Dataset, options, _faces.Run("parts"), codec, _faces.Dataset) { Progress = state => { if (state.Step == 3) { stop.Cancel(); } } }.Run(resume: false, stop.Token);
        using var again = SpacePack.Read(_faces.Run("parts"));
        new Trainer(_faces.Dataset, Trainer.OptionsOf(_faces.Run("parts")), _faces.Run("parts"), again, _faces.Dataset).Run(resume: true);
        Assert.All(_faces.Losses("whole").Zip(_faces.Losses("parts")), pair => Assert.Equal(pair.First, pair.Second, 5));
        // Looking at held-out pictures changes nothing of the run; here they are the ones that are learnt from.
        string[] watched = File.ReadAllLines(Path.Combine(_faces.Run("parts"), "held-out.csv"));
        Assert.Equal("step,learnt,held_out", watched[0]);
        Assert.Equal(["3", "6"], watched.Skip(1).Select(line => line.Split(',')[0]));
        Assert.All(watched.Skip(1).Select(line => line.Split(',')), line => Assert.Equal(line[1], line[2]));
    }

    [Fact]
    public void A_run_goes_on_in_its_own_space_alone()
    {
        using var codec = _faces.TrainSpace("one");
        using var other = _faces.TrainSpace("two", steps: 3);
        var options = TinyFaces.OptionsIn(codec);
        foreach (var wrong in new[] { other, null })
        {
            var error = Assert.Throws<McdmException>(() => new Trainer(_faces.Dataset, options, _faces.Run("run"), wrong));
            Assert.Equal("SpaceMismatch", error.Id);
            Assert.Contains(codec.Identity, error.Message, StringComparison.Ordinal);
            Assert.Contains(wrong?.Identity ?? "pixels", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Experts_of_two_spaces_and_a_pack_with_anothers_autoencoder_are_refused_by_name()
    {
        using var codec = _faces.TrainSpace("one");
        using var other = _faces.TrainSpace("two", steps: 3);
        new Trainer(_faces.Dataset, TinyFaces.OptionsIn(codec), _faces.Run("a"), codec).Run(resume: false);
        new Trainer(_faces.Dataset, TinyFaces.OptionsIn(other, Modality.Sketch), _faces.Run("b"), other).Run(resume: false);
        var error = Assert.Throws<McdmException>(() => ModelPack.Read([_faces.Run("a"), _faces.Run("b")]));
        Assert.Equal("SpaceMismatch", error.Id);
        Assert.Contains(codec.Identity, error.Message, StringComparison.Ordinal);
        Assert.Contains(other.Identity, error.Message, StringComparison.Ordinal);

        foreach (string file in new[] { "space.json", "autoencoder.safetensors" }) { File.Copy(Path.Combine(_faces.Run("two"), file), Path.Combine(_faces.Run("a"), file), overwrite: true); }
        error = Assert.Throws<McdmException>(() => ModelPack.Read(_faces.Run("a")));
        Assert.Equal("SpaceMismatch", error.Id);
        Assert.Contains(codec.Identity, error.Message, StringComparison.Ordinal);
        Assert.Contains(other.Identity, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Regions_are_averaged_to_the_latents_whatever_their_size()
    {
        using var codec = _faces.TrainSpace();
        using var model = _faces.TrainAllIn(codec);
        var region = Pictures.Filled(TinyFaces.Size, TinyFaces.Size, Pictures.Black);
        for (int i = 0; i < 2; i++) { region.Rgba.AsSpan(4 * (i * TinyFaces.Size), 4 * 4).Fill(255); }
        using var weighted = new Composition(model.Experts, [TinyFaces.Conditions()[0].Weighted(1, region: region)]);
        float[] expected = new float[16];
        expected[0] = 0.5f; // eight of the first latent's sixteen pixels are white
        Assert.Equal(expected, weighted.Terms[0].Region!.data<float>().ToArray());
        var small = Pictures.Filled(2, 2, Pictures.Black);
        small.Rgba.AsSpan(0, 4 * 2).Fill(255);
        using var enlarged = new Composition(model.Experts, [TinyFaces.Conditions()[0].Weighted(1, region: small)]);
        float[] rows = enlarged.Terms[0].Region!.data<float>().ToArray();
        Assert.All(rows[..4], place => Assert.InRange(place, 0.9f, 1)); // the upper half
        Assert.All(rows[12..], place => Assert.InRange(place, 0, 0.1f));
    }

    public void Dispose() => _faces.Dispose();
}
