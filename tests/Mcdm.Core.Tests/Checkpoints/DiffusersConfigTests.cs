using Mcdm.Core.Tests.Formats;
using Mcdm.Families.PixelDdpm;
using Mcdm.Families.Shared;
using Mcdm.Families.StableDiffusion.Files;
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
        var unet = UNet2DConditionConfig.Read(Config("{}"));
        Assert.Equal([320, 640, 1280, 1280], unet.Shape.Channels);
        Assert.Equal([8, 8, 8, 8], unet.Transformers.Heads);
        Assert.Equal((1280, 1e-5, 1280), (unet.Transformers.ContextChannels, unet.Shape.Epsilon, unet.Shape.FullTimeChannels));
        Assert.Equal(0.18215, AutoencoderKLConfig.Read(Config("{}")).ScalingFactor);
        Assert.Equal(12, ClipTextConfig.Read(Config("{}")).Layers);
        Assert.Equal([16, 32, 96, 256], ControlNetConfig.Read(Config("{}")).PictureFeatures);
    }

    [Fact]
    public void One_head_and_nothing_said_of_heads_are_two_things()
    {
        Assert.Null(UNet2DConfig.Read(Config("""{"attention_head_dim": null}""")).HeadChannels);
        Assert.Equal(8, UNet2DConfig.Read(Config("{}")).HeadChannels);
    }

    [Fact]
    public void Scale_and_shift_leave_the_middles_attention_without_its_normalisation()
    {
        Assert.Null(UNet2DConfig.Read(Config("""{"resnet_time_scale_shift": "scale_shift"}""")).MiddleAttentionGroups);
        Assert.Equal(16, UNet2DConfig.Read(Config("""{"resnet_time_scale_shift": "scale_shift", "attn_norm_num_groups": 16}""")).MiddleAttentionGroups);
    }

    [Theory]
    [InlineData("addition_embed_type", "\"text_time\"")]
    [InlineData("class_embed_type", "\"projection\"")]
    [InlineData("num_class_embeds", "1000")]
    [InlineData("transformer_layers_per_block", "[1, 2, 10]")]
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
        var error = Assert.Throws<McdmException>(() => UNet2DConditionConfig.Read(Config($"{{\"{key}\": {value}}}")));
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
    public void What_makes_no_sense_is_refused(string json) => Assert.Equal("ConfigInvalid", Assert.Throws<McdmException>(() => UNet2DConditionConfig.Read(Config(json))).Id);

    [Theory]
    [InlineData("FluxTransformer2DModel", "Flux")]
    [InlineData("SD3Transformer2DModel", "Stable Diffusion 3")]
    [InlineData("UNetSpatioTemporalConditionModel", "Stable Video Diffusion")]
    public void Other_families_are_refused_by_name(string className, string family)
    {
        var error = Assert.Throws<McdmException>(() => UNet2DConditionConfig.Read(Config($$"""{"_class_name": "{{className}}"}""")));
        Assert.Equal("ModelFamily", error.Id);
        Assert.Contains(family, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Stable_Diffusion_XLs_second_text_encoder_is_refused_by_name() =>
        Assert.Contains("Stable Diffusion XL", Assert.Throws<McdmException>(() => ClipTextConfig.Read(Config("""{"architectures": ["CLIPTextModelWithProjection"]}"""))).Message, StringComparison.Ordinal);
}
