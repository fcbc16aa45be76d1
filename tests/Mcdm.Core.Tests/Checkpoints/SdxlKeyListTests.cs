using Mcdm.Benchmarks.Checkpoints;
using Mcdm.Families.StableDiffusion.Networks;
using Mcdm.Layers.Clip;
using Mcdm.Layers.Frozen;
using Mcdm.Layers.UNet2D;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Checkpoints;

/// <summary>
/// Stable Diffusion XL's published networks at full size, by names and shapes of their tensors as they are written down here: each network takes all of them and
/// lacks none, and they are as many as the published files have.
/// </summary>
public sealed class SdxlKeyListTests
{
    public static TheoryData<string, int, long> Published => new()
    {
        { "unet", 1680, 2_567_463_684 }, { "inpaint", 1680, 2_567_478_084 }, { "large", 844, 1_251_014_160 }, { "mid", 224, 272_586_000 }, { "small", 134, 156_829_200 },
        { "union", 863, 1_257_287_280 }, { "promax", 863, 1_257_943_280 }, { "text", 196, 123_060_480 }, { "text 2", 517, 694_659_840 },
    };

    [Theory]
    [MemberData(nameof(Published))]
    public void A_published_network_takes_each_of_its_tensors(string network, int tensors, long parameters)
    {
        var keys = new SdxlKeys();
        Action<FrozenWeights> build = network switch
        {
            "unet" => keys.UNet(4).Build(weights => _ = new UNet2DConditionModel(weights, SdxlKeys.UNetOptions)),
            "inpaint" => keys.UNet(9).Build(weights => _ = new UNet2DConditionModel(weights, SdxlKeys.UNetOptions with { InChannels = 9 })),
            "large" => keys.Control([2, 10], [16, 32, 96, 256]).Build(weights => _ = new ControlNetModel(weights, SdxlKeys.ControlOptions)),
            "mid" => keys.Control([0, 1], [16, 32, 96, 256]).Build(weights => _ = new ControlNetModel(weights, SdxlKeys.ControlOptions with { TransformerLayersPerBlock = new PerLevel([0, 0, 1]) })),
            "small" => keys.Control(null, [16, 32, 96, 256]).Build(weights => _ = new ControlNetModel(weights, SdxlKeys.ControlOptions with
            {
                DownBlockTypes = ["DownBlock2D", "DownBlock2D", "DownBlock2D"], MidBlockType = "UNetMidBlock2D",
            })),
            "union" or "promax" => keys.Control([2, 10], [48, 96, 192, 384]).Union(network == "union" ? 6 : 8).Build(weights => _ = new ControlNetModel(weights, Union(network == "union" ? 6 : 8))),
            "text" => keys.Text(768, 12, 3072).Build(weights => _ = new ClipTextModel(weights, new() { HiddenSize = 768, IntermediateSize = 3072, NumAttentionHeads = 12 })),
            _ => keys.Text(1280, 32, 5120).Add("text_projection.weight", 1280, 1280).Build(weights => _ = new ClipTextModel(weights, new()
            {
                HiddenSize = 1280, IntermediateSize = 5120, NumHiddenLayers = 32, NumAttentionHeads = 20, HiddenAct = "gelu",
            }, pools: true)),
        };
        using var weights = new FrozenWeights(new ShapesOnly(keys.Shapes), META, ScalarType.BFloat16);
        build(weights);
        Assert.Equal((tensors, parameters), (weights.Taken.Count, weights.Parameters));
    }

    private static ControlNetUnionOptions Union(int types) => new()
    {
        BlockOutChannels = SdxlKeys.UNetOptions.BlockOutChannels, DownBlockTypes = SdxlKeys.UNetOptions.DownBlockTypes, TransformerLayersPerBlock = SdxlKeys.UNetOptions.TransformerLayersPerBlock,
        AttentionHeadDim = SdxlKeys.UNetOptions.AttentionHeadDim, CrossAttentionDim = 2048, UseLinearProjection = true, AdditionEmbedType = "text_time", AdditionTimeEmbedDim = 256,
        ProjectionClassEmbeddingsInputDim = 2816, NumControlType = types,
    };
}
