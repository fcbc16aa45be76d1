using Mcdm.Core.Tests.Formats;
using Mcdm.Families.PixelDdpm;
using Mcdm.Families.Shared;
using Mcdm.Families.StableDiffusion.Networks;
using Mcdm.Layers.Clip;
using Xunit;

namespace Mcdm.Core.Tests.Checkpoints;

/// <summary>Configurations of diffusers: what they leave out has diffusers' values, and what is not implemented is refused by key and value.</summary>
public sealed class DiffusersConfigTests
{
    private static JsonConfig Config(string json)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("config.json");
        File.WriteAllText(path, json);
        return JsonConfig.Read(path);
    }

    [Fact]
    public void An_empty_configuration_is_what_the_class_is_by_itself()
    {
        var unet = Config("{}").As<UNet2DConditionOptions>();
        Assert.Equal([320, 640, 1280, 1280], unet.BlockOutChannels);
        Assert.Equal([8, 8, 8, 8], unet.AttentionHeadDim.For(unet.Levels));
        Assert.Equal((1280, 1e-5, 1280), (unet.ContextChannels, unet.NormEps, unet.TimeChannels));
        Assert.Equal(0.18215, Config("{}").As<AutoencoderKLOptions>().ScalingFactor);
        Assert.Equal(12, Config("{}").As<ClipTextOptions>().NumHiddenLayers);
        Assert.Equal([16, 32, 96, 256], Config("{}").As<ControlNetOptions>().ConditioningEmbeddingOutChannels);
    }

    [Fact]
    public void One_head_and_nothing_said_of_heads_are_two_things()
    {
        Assert.Null(Config("""{"attention_head_dim": null}""").As<UNet2DOptions>().AttentionHeadDim);
        Assert.Equal(8, Config("{}").As<UNet2DOptions>().AttentionHeadDim);
    }

    [Fact]
    public void Scale_and_shift_leave_the_middles_attention_without_its_normalisation()
    {
        Assert.Null(Config("""{"resnet_time_scale_shift": "scale_shift"}""").As<UNet2DOptions>().MiddleAttentionGroups);
        Assert.Equal(16, Config("""{"resnet_time_scale_shift": "scale_shift", "attn_norm_num_groups": 16}""").As<UNet2DOptions>().MiddleAttentionGroups);
    }

    [Fact]
    public void Keys_that_nobody_reads_are_known()
    {
        const string Json = """{"_class_name": "UNet2DConditionModel", "act_fn": "silu", "out_channels": 4, "sample_size": null, "in_channel": 4, "dropped": 0.1}""";
        var config = Config(Json);
        config.As<UNet2DConditionOptions>();
        Assert.Equal(["in_channel", "dropped"], config.Unread);
    }

    [Theory]
    [InlineData("addition_embed_type", "\"image\"")]
    [InlineData("class_embed_type", "\"projection\"")]
    [InlineData("num_class_embeds", "1000")]
    [InlineData("dual_cross_attention", "true")]
    [InlineData("only_cross_attention", "[true, false]")]
    [InlineData("encoder_hid_dim", "4096")]
    [InlineData("time_embedding_type", "\"fourier\"")]
    [InlineData("mid_block_type", "\"UNetMidBlock2DSimpleCrossAttn\"")]
    [InlineData("down_block_types", "[\"KDownBlock2D\"]")]
    [InlineData("num_attention_heads", "8")]
    [InlineData("act_fn", "\"mish\"")]
    [InlineData("conv_in_kernel", "5")]
    [InlineData("center_input_sample", "true")]
    [InlineData("_class_name", "\"UNet1DModel\"")]
    public void What_is_not_implemented_is_refused_by_key_and_value(string key, string value)
    {
        var error = Assert.Throws<McdmException>(() => Config($"{{\"{key}\": {value}}}").As<UNet2DConditionOptions>());
        Assert.Equal("ConfigUnsupported", error.Id);
        Assert.Contains($"\"{key}\": {value}", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"block_out_channels": [320, 640]}""")]
    [InlineData("""{"block_out_channels": [30], "down_block_types": ["DownBlock2D"], "up_block_types": ["UpBlock2D"]}""")]
    [InlineData("""{"block_out_channels": [2000000000]}""")]
    [InlineData("""{"block_out_channels": "wide"}""")]
    [InlineData("""{"layers_per_block": 0}""")]
    [InlineData("""{"layers_per_block": 1000}""")]
    [InlineData("""{"attention_head_dim": 2048}""")]
    [InlineData("""{"norm_eps": -1}""")]
    [InlineData("""{"norm_eps": 1e999}""")]
    [InlineData("""{"act_fn": "\ud800"}""")]
    [InlineData("""["a list"]""")]
    [InlineData("version https://git-lfs.github.com/spec/v1")]
    public void What_makes_no_sense_is_refused(string json) =>
        Assert.Equal("ConfigInvalid", Assert.Throws<McdmException>(() => Config(json).As<UNet2DConditionOptions>()).Id);

    [Theory]
    [InlineData("FluxTransformer2DModel", "Flux")]
    [InlineData("SD3Transformer2DModel", "Stable Diffusion 3")]
    [InlineData("UNetSpatioTemporalConditionModel", "Stable Video Diffusion")]
    public void Other_families_are_refused_by_name(string className, string family)
    {
        var error = Assert.Throws<McdmException>(() => Config($$"""{"_class_name": "{{className}}"}""").As<UNet2DConditionOptions>());
        Assert.Equal("ModelFamily", error.Id);
        Assert.Contains(family, error.Message, StringComparison.Ordinal);
    }
}
