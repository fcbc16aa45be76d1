using Mcdm.Layers.Frozen;
using Mcdm.Families.PixelDdpm;
using Mcdm.Families.StableDiffusion.Files;
using Mcdm.Families.StableDiffusion.Networks;
using Mcdm.Layers.Clip;
using Mcdm.Layers.UNet2D;
using Mcdm.Weights;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Checkpoints;

/// <summary>Published models of full size, by the names and shapes of their tensors alone: each network takes all of them and lacks none.</summary>
public sealed class KeyListTests
{
    private static readonly UNetShape s_pixels = new()
    {
        InputChannels = 3, Channels = [128, 128, 256, 256, 512, 512], Layers = [2, 2, 2, 2, 2, 2], DownAttention = [false, false, false, false, true, false], UpAttention = [false, true, false, false, false, false],
        Epsilon = 1e-6, FlipSinToCos = false, FrequencyShift = 1, DownsamplePadding = 0,
    };

    private static readonly TransformerOptions s_sd1 = new() { Heads = [8, 8, 8, 8], ContextChannels = 768, Groups = 32 };
    private static readonly TransformerOptions s_sd2 = new() { Heads = [5, 10, 20, 20], ContextChannels = 1024, Groups = 32, LinearProjection = true };
    private static readonly UNetShape s_latents = new()
    {
        InputChannels = 4, Channels = [320, 640, 1280, 1280], Layers = [2, 2, 2, 2], DownAttention = [true, true, true, false], UpAttention = [false, true, true, true],
    };

    /// <summary>A network of a size, built of the tensors of a list; the number is of parameters that it took.</summary>
    private static readonly Dictionary<string, (long Parameters, Action<FrozenWeights> Build)> s_diffusers = new()
    {
        ["sd15_unet_diffusers"] = (859_520_964, weights => _ = new UNet2DConditionModel(weights, new() { Shape = s_latents, Transformers = s_sd1 })),
        ["sd15_inpaint_unet_diffusers"] = (859_535_364, weights => _ = new UNet2DConditionModel(weights, new() { Shape = s_latents with { InputChannels = 9 }, Transformers = s_sd1 })),
        ["sd21_unet_diffusers"] = (865_910_724, weights => _ = new UNet2DConditionModel(weights, new() { Shape = s_latents, Transformers = s_sd2 })),
        ["sd15_controlnet_diffusers"] = (361_279_120, weights => _ = new ControlNetModel(weights, new() { Shape = s_latents, Transformers = s_sd1, PictureFeatures = [16, 32, 96, 256] })),
        ["sd21_controlnet_diffusers"] = (364_228_240, weights => _ = new ControlNetModel(weights, new() { Shape = s_latents, Transformers = s_sd2, PictureFeatures = [16, 32, 96, 256] })),
        ["sd_vae_diffusers"] = (83_653_863, weights => _ = new AutoencoderKL(weights, new() { Channels = [128, 256, 512, 512] })),
        ["clip_l_text"] = (123_060_480, weights => _ = new ClipTextModel(weights, new() { Width = 768, Hidden = 3072, Heads = 12 })),
        ["openclip_h_text_sd2(23 layers)"] = (340_387_840, weights => _ = new ClipTextModel(weights, new() { Width = 1024, Hidden = 4096, Layers = 23, Heads = 16, QuickGelu = false })),
        ["ddpm_celebahq_256_unet2d"] = (113_673_219, weights => _ = new UNet2DModel(weights, new() { Shape = s_pixels, HeadChannels = null })),
        ["ddpm_cifar10_32_unet2d"] = (35_746_307, weights => _ = new UNet2DModel(weights, new()
        {
            Shape = s_pixels with { Channels = [128, 256, 256, 256], Layers = [2, 2, 2, 2], DownAttention = [false, true, false, false], UpAttention = [false, false, true, false] }, HeadChannels = null,
        })),
        ["unet2d_default(ldm-celebahq-ish,3ch)"] = (0, weights => _ = new UNet2DModel(weights, new()
        {
            Shape = s_pixels with { Channels = [224, 448, 672, 896], Layers = [2, 2, 2, 2], DownAttention = [false, true, true, true], UpAttention = [true, true, true, false] },
        })),
    };

    public static TheoryData<string> Diffusers => [.. s_diffusers.Keys];

    [SharedTheory]
    [MemberData(nameof(Diffusers))]
    public void A_published_network_takes_each_of_its_tensors(string list)
    {
        using var weights = new FrozenWeights(ShapesOnly.Read((Path(list), "")), META, ScalarType.BFloat16);
        var (parameters, build) = s_diffusers[list];
        build(weights);
        if (parameters > 0) { Assert.Equal(parameters, weights.Parameters); }
    }

    [SharedFact]
    public void An_original_checkpoint_of_Stable_Diffusion_1_becomes_the_same_networks()
    {
        var file = new SingleFile(ShapesOnly.Read((Path("sd15_unet_ldm(after prefix)"), SingleFileNames.UNet), (Path("sd_vae_ldm"), SingleFileNames.Autoencoder), (Path("clip_l_text"), SingleFileNames.ClipText)));

        Assert.Equivalent(new UNet2DConditionOptions { Shape = s_latents, Transformers = s_sd1 }, file.UNet!.Options, strict: true);
        Assert.Equivalent(new AutoencoderKLOptions { Channels = [128, 256, 512, 512] }, file.Autoencoder!.Options, strict: true);
        Assert.Equal(new ClipTextOptions { Width = 768, Hidden = 3072, Heads = 12 }, file.Text!.Options);
        Assert.Equal(859_520_964, Built(file.UNet.Weights, weights => _ = new UNet2DConditionModel(weights, file.UNet.Options)));
        Assert.Equal(83_653_863, Built(file.Autoencoder.Weights, weights => _ = new AutoencoderKL(weights, file.Autoencoder.Options)));
        Assert.Equal(123_060_480, Built(file.Text.Weights, weights => _ = new ClipTextModel(weights, file.Text.Options)));
        Assert.Equal(Mcdm.Diffusion.Process.PredictionKind.Noise, file.Prediction);
        Assert.Null(file.ControlNet);
    }

    [SharedTheory]
    [InlineData("")]
    [InlineData(SingleFileNames.ControlNet)]
    public void An_original_ControlNet_becomes_the_same_network(string prefix)
    {
        var file = new SingleFile(ShapesOnly.Read((Path("sd15_controlnet_ldm(after prefix)"), prefix)));

        Assert.Equivalent(new ControlNetOptions { Shape = s_latents with { UpAttention = [] }, Transformers = s_sd1, PictureFeatures = [16, 32, 96, 256] }, file.ControlNet!.Options, strict: true);
        Assert.Equal(361_279_120, Built(file.ControlNet.Weights, weights => _ = new ControlNetModel(weights, file.ControlNet.Options)));
    }

    private static long Built(IWeights source, Action<FrozenWeights> build)
    {
        using var weights = new FrozenWeights(source, META, ScalarType.BFloat16);
        build(weights);
        return weights.Parameters;
    }

    private static string Path(string list) => Checkout.Shared("checkpoints", "keys", $"{list}.tsv");
}
