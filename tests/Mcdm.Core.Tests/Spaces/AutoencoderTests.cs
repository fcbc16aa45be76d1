using Mcdm.Families.Own.Experts;
using Mcdm.Families.Own.Files;
using Mcdm.Families.Own.Networks;
using Mcdm.Runtime;
using Mcdm.Training;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Spaces;

public sealed class AutoencoderTests : IDisposable
{
    private readonly TinyFaces _faces = new();

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(8)]
    public void Latents_are_a_factor_smaller_and_bounded_and_pictures_come_back_at_any_size(int factor)
    {
        using var network = Autoencoder.Create(new AutoencoderOptions { Factor = factor, LatentChannels = 5, Width = 4 }, seed: 1);
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var latents = network.Encode(100 * randn(2, 3, 6 * factor, 4 * factor));
        Assert.Equal([2, 5, 6, 4], latents.shape);
        Assert.InRange(latents.abs().max().ToDouble(), 1, 3);
        Assert.Equal([2, 3, 6 * factor, 4 * factor], network.Decode(latents).shape);
    }

    [Fact]
    public void The_network_of_the_embedded_space_has_under_a_million_parameters()
    {
        using var network = Autoencoder.Create(new AutoencoderOptions());
        Assert.InRange(network.parameters().Sum(parameter => parameter.numel()), 850_000, 950_000);
    }

    [Fact]
    public void An_autoencoder_learns_to_give_pictures_back()
    {
        double Error(TrainedCodec codec)
        {
            using var scope = NewDisposeScope();
            var pictures = stack(_faces.Dataset.Items.Select(item => PictureTensor.ToTensor(item.ReadPicture(TinyFaces.Size, TinyFaces.Size))));
            return (codec.Decode(codec.Encode(pictures)) - pictures).square().mean().ToDouble();
        }
        using var young = _faces.TrainSpace("young", steps: 1);
        using var trained = _faces.TrainSpace("trained", steps: 100);
        Assert.True(Error(trained) < 0.4 * Error(young), $"from {Error(young)} to {Error(trained)}");
    }

    [Fact]
    public void Normalised_latents_have_no_mean_and_the_deviation_of_pictures()
    {
        using var codec = _faces.TrainSpace(steps: 30);
        using var scope = NewDisposeScope();
        var latents = codec.Encode(stack(_faces.Dataset.Items.Select(item => PictureTensor.ToTensor(item.ReadPicture(TinyFaces.Size, TinyFaces.Size)))));
        Assert.All(latents.mean([0, 2, 3]).data<float>().ToArray(), mean => Assert.InRange(mean, -0.02, 0.02));
        Assert.All(latents.std([0, 2, 3]).data<float>().ToArray(), deviation => Assert.InRange(deviation, 0.68, 0.72));
    }

    [Fact]
    public void A_resumed_autoencoder_has_the_losses_of_an_uninterrupted_one()
    {
        var options = TinyFaces.AutoencoderOptions(6);
        new Trainer(_faces.Dataset, options, _faces.Run("whole")).Run(resume: false);
        using var stop = new CancellationTokenSource();
        new Trainer(_faces.Dataset, options, _faces.Run("parts")) { Progress = state => { if (state.Step == 3) { stop.Cancel(); } } }.Run(resume: false, stop.Token);
        new Trainer(_faces.Dataset, Trainer.OptionsOf(_faces.Run("parts")), _faces.Run("parts")).Run(resume: true);
        Assert.All(_faces.Losses("whole").Zip(_faces.Losses("parts")), pair => Assert.Equal(pair.First, pair.Second, 5));
    }

    [Fact]
    public void Training_the_decoder_alone_leaves_the_space_what_it_is()
    {
        using var before = _faces.TrainSpace(steps: 20);
        var options = TinyFaces.AutoencoderOptions(20);
        options = options with { Codec = before.Identity, Autoencoder = options.Autoencoder! with { DecoderOnly = true, LatentNoise = 0 } };
        new Trainer(_faces.Dataset, options, _faces.Run("decoder"), before).Run(resume: false);
        using var after = SpacePack.Read(_faces.Run("decoder"));
        Assert.Equal(before.Identity, after.Identity);
        using var scope = NewDisposeScope();
        var pictures = stack(_faces.Dataset.Items.Select(item => PictureTensor.ToTensor(item.ReadPicture(TinyFaces.Size, TinyFaces.Size))));
        var latents = before.Encode(pictures);
        Assert.Equal(latents.data<float>().ToArray(), after.Encode(pictures).data<float>().ToArray());
        Assert.NotEqual(before.Decode(latents).data<float>().ToArray(), after.Decode(latents).data<float>().ToArray());
    }

    [Theory]
    [InlineData(18, 8)]
    [InlineData(16, 6)]
    [InlineData(16, 20)]
    public void Sizes_that_the_factor_does_not_divide_are_refused(int size, int crop)
    {
        var options = TinyFaces.AutoencoderOptions(1);
        var error = Assert.Throws<McdmException>(() => new Trainer(_faces.Dataset, options with { ImageSize = size, Autoencoder = options.Autoencoder! with { CropSize = crop } }, _faces.Run("no")));
        Assert.Equal("ImageSizeIndivisible", error.Id);
        Assert.Contains("factor 4", error.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _faces.Dispose();
}
