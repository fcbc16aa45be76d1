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
    private static readonly UNet2DOptions s_pixels = new()
    {
        BlockOutChannels = [128, 128, 256, 256, 512, 512], NormEps = 1e-6, FlipSinToCos = false, FreqShift = 1, DownsamplePadding = 0, AttentionHeadDim = null,
        DownBlockTypes = Blocks("Down", false, false, false, false, true, false), UpBlockTypes = Blocks("Up", false, true, false, false, false, false),
    };

    private static readonly UNet2DConditionOptions s_sd1 = new() { CrossAttentionDim = 768 };
    private static readonly UNet2DConditionOptions s_sd2 =
        new() { AttentionHeadDim = new([5, 10, 20, 20]), CrossAttentionDim = 1024, UseLinearProjection = true };

    private static readonly PerLevel s_each2 = new([2, 2, 2, 2]), s_each8 = new([8, 8, 8, 8]);

    /// <summary>A network of a size, built of the tensors of a list; the number is of parameters that it took.</summary>
    private static readonly Dictionary<string, (long Parameters, Action<FrozenWeights> Build)> s_diffusers = new()
    {
        ["sd15_unet_diffusers"] = (859_520_964, weights => _ = new UNet2DConditionModel(weights, s_sd1)),
        ["sd15_inpaint_unet_diffusers"] = (859_535_364, weights => _ = new UNet2DConditionModel(weights, s_sd1 with { InChannels = 9 })),
        ["sd21_unet_diffusers"] = (865_910_724, weights => _ = new UNet2DConditionModel(weights, s_sd2)),
        ["sd15_controlnet_diffusers"] = (361_279_120, weights => _ = new ControlNetModel(weights, new() { CrossAttentionDim = 768 })),
        ["sd21_controlnet_diffusers"] = (364_228_240, weights => _ = new ControlNetModel(weights, new()
        {
            AttentionHeadDim = s_sd2.AttentionHeadDim, CrossAttentionDim = 1024, UseLinearProjection = true,
        })),
        ["sd_vae_diffusers"] = (83_653_863, weights => _ = new AutoencoderKL(weights, new() { BlockOutChannels = [128, 256, 512, 512], LayersPerBlock = 2 })),
        ["clip_l_text"] = (123_060_480, weights => _ = new ClipTextModel(weights, new() { HiddenSize = 768, IntermediateSize = 3072, NumAttentionHeads = 12 })),
        ["openclip_h_text_sd2(23 layers)"] = (340_387_840, weights => _ = new ClipTextModel(weights, new()
        {
            HiddenSize = 1024, IntermediateSize = 4096, NumHiddenLayers = 23, NumAttentionHeads = 16, HiddenAct = "gelu",
        })),
        ["ddpm_celebahq_256_unet2d"] = (113_673_219, weights => _ = new UNet2DModel(weights, s_pixels)),
        ["ddpm_cifar10_32_unet2d"] = (35_746_307, weights => _ = new UNet2DModel(weights, s_pixels with
        {
            BlockOutChannels = [128, 256, 256, 256],
            DownBlockTypes = Blocks("Down", false, true, false, false), UpBlockTypes = Blocks("Up", false, false, true, false),
        })),
        ["unet2d_default(ldm-celebahq-ish,3ch)"] = (0, weights => _ = new UNet2DModel(weights, s_pixels with
        {
            BlockOutChannels = [224, 448, 672, 896],
            DownBlockTypes = Blocks("Down", false, true, true, true), UpBlockTypes = Blocks("Up", true, true, true, false), AttentionHeadDim = 8,
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

        Assert.Equivalent(s_sd1 with { LayersPerBlock = s_each2, AttentionHeadDim = s_each8 }, file.UNet!.Options, strict: true);
        Assert.Equivalent(new AutoencoderKLOptions { BlockOutChannels = [128, 256, 512, 512], LayersPerBlock = 2 }, file.Autoencoder!.Options, strict: true);
        Assert.Equal(new ClipTextOptions { HiddenSize = 768, IntermediateSize = 3072, NumAttentionHeads = 12 }, file.Texts.Single().Options);
        Assert.Equal(859_520_964, Built(file.UNet.Weights, weights => _ = new UNet2DConditionModel(weights, file.UNet.Options)));
        Assert.Equal(83_653_863, Built(file.Autoencoder.Weights, weights => _ = new AutoencoderKL(weights, file.Autoencoder.Options)));
        Assert.Equal(123_060_480, Built(file.Texts[0].Weights, weights => _ = new ClipTextModel(weights, file.Texts[0].Options)));
        Assert.Equal(Mcdm.Diffusion.Process.PredictionKind.Noise, file.Prediction);
        Assert.Null(file.ControlNet);
    }

    [SharedTheory]
    [InlineData("")]
    [InlineData(SingleFileNames.ControlNet)]
    public void An_original_ControlNet_becomes_the_same_network(string prefix)
    {
        var file = new SingleFile(ShapesOnly.Read((Path("sd15_controlnet_ldm(after prefix)"), prefix)));

        var expected = new ControlNetOptions { CrossAttentionDim = 768, LayersPerBlock = s_each2, AttentionHeadDim = s_each8 };
        Assert.Equivalent(expected, file.ControlNet!.Options, strict: true);
        Assert.Equal(361_279_120, Built(file.ControlNet.Weights, weights => _ = new ControlNetModel(weights, file.ControlNet.Options)));
    }

    private static string[] Blocks(string way, params bool[] attends) => attends.Select(attending => $"{(attending ? "Attn" : "")}{way}Block2D").ToArray();

    private static long Built(IWeights source, Action<FrozenWeights> build)
    {
        using var weights = new FrozenWeights(source, META, ScalarType.BFloat16);
        build(weights);
        return weights.Parameters;
    }

    private static string Path(string list) => Checkout.Shared("checkpoints", "keys", $"{list}.tsv");
}
