using Mcdm.Diffusion.Process;
using Mcdm.Families.Shared;
using Mcdm.Families.StableDiffusion.Files;
using Mcdm.Weights;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Checkpoints;

public sealed class SingleFileTests
{
    [Fact]
    public void A_blocks_number_is_a_whole_part_of_its_name()
    {
        string[] names =
        [
            .. Enumerable.Range(1, 11).Where(i => i % 3 != 0).Select(i => $"input_blocks.{i}.0.in_layers.0.weight"),
            .. Enumerable.Range(1, 3).Select(i => $"input_blocks.{3 * i}.0.op.weight"), "input_blocks.11.1.norm.weight",
            .. Enumerable.Range(0, 12).Select(i => $"output_blocks.{i}.0.skip_connection.weight"), .. Enumerable.Range(0, 12).Select(i => $"output_blocks.{i}.0.in_layers.0.weight"),
            "output_blocks.2.1.conv.weight", "output_blocks.5.2.conv.weight", "output_blocks.5.1.proj_in.weight", "output_blocks.8.2.conv.weight", "time_embed.2.bias", "surprise.weight",
        ];
        var renamed = LdmUNetNames.Map(names).ToDictionary(pair => pair.Source, pair => pair.Name);

        Assert.Equal("down_blocks.0.resnets.0.norm1.weight", renamed["input_blocks.1.0.in_layers.0.weight"]);
        Assert.Equal("down_blocks.3.resnets.0.norm1.weight", renamed["input_blocks.10.0.in_layers.0.weight"]);
        Assert.Equal("down_blocks.3.attentions.1.norm.weight", renamed["input_blocks.11.1.norm.weight"]);
        Assert.Equal("down_blocks.2.downsamplers.0.conv.weight", renamed["input_blocks.9.0.op.weight"]);
        Assert.Equal("up_blocks.0.upsamplers.0.conv.weight", renamed["output_blocks.2.1.conv.weight"]);
        Assert.Equal("up_blocks.1.upsamplers.0.conv.weight", renamed["output_blocks.5.2.conv.weight"]);
        Assert.Equal("up_blocks.1.attentions.2.proj_in.weight", renamed["output_blocks.5.1.proj_in.weight"]);
        Assert.Equal("up_blocks.3.resnets.2.conv_shortcut.weight", renamed["output_blocks.11.0.skip_connection.weight"]);
        Assert.Equal("time_embedding.linear_2.bias", renamed["time_embed.2.bias"]);
        Assert.Equal("surprise.weight", renamed["surprise.weight"]);
    }

    [Fact]
    public void Query_key_and_value_are_parts_of_one_tensor_and_the_last_layer_is_left_out()
    {
        using var scope = NewDisposeScope();
        using var file = new MadeWeights
        {
            ["text.transformer.resblocks.0.attn.in_proj_weight"] = arange(12, dtype: ScalarType.Float32).reshape(6, 2),
            ["text.transformer.resblocks.1.attn.in_proj_weight"] = zeros(6, 2),
            ["text.logit_scale"] = tensor(1f),
        };
        using var weights = new RenamedWeights(file, OpenClipTextNames.Map(["transformer.resblocks.0.attn.in_proj_weight", "transformer.resblocks.1.attn.in_proj_weight", "logit_scale"], "text."));
        Assert.Equal(3, weights.Names.Count);
        const string Key = "text_model.encoder.layers.0.self_attn.k_proj.weight";
        Assert.Equal([2, 2], weights.Shape(Key));
        Assert.Equal([4f, 5f, 6f, 7f], weights.Read(Key).data<float>().ToArray());
    }

    [Fact]
    public void A_convolution_of_one_place_becomes_the_matrix_that_it_is()
    {
        using var scope = NewDisposeScope();
        using var file = new MadeWeights { ["encoder.mid.attn_1.q.weight"] = ones(4, 4, 1, 1), ["encoder.mid.block_1.conv1.weight"] = ones(4, 4, 1, 1) };
        using var weights = new RenamedWeights(file, LdmAutoencoderNames.Map(file.Names, ""));
        Assert.Equal([4, 4], weights.Read("encoder.mid_block.attentions.0.to_q.weight").shape);
        Assert.Equal([4, 4, 1, 1], weights.Shape("encoder.mid_block.resnets.0.conv1.weight"));
    }

    [Theory]
    [InlineData("conditioner.embedders.0.model.transformer.resblocks.0.ln_1.weight", "the refiner of Stable Diffusion XL")]
    [InlineData("edm_mean", "Playground")]
    [InlineData("model.diffusion_model.joint_blocks.0.x_block.attn.qkv.weight", "Stable Diffusion 3")]
    [InlineData("double_blocks.0.img_attn.qkv.weight", "Flux")]
    public void Other_families_are_refused_by_name(string tensor, string family)
    {
        using var scope = NewDisposeScope();
        using var file = new MadeWeights { [tensor] = zeros(1) };
        var error = Assert.Throws<McdmException>(() => new SingleFile(file));
        Assert.Equal("ModelFamily", error.Id);
        Assert.Contains(family, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_checkpoint_is_refused()
    {
        using var scope = NewDisposeScope();
        using var file = new MadeWeights { ["fc.weight"] = zeros(1) };
        Assert.Equal("SingleFileUnknown", Assert.Throws<McdmException>(() => new SingleFile(file)).Id);
    }

    [SharedTheory]
    [InlineData(686, true)]
    [InlineData(101, null)]
    [InlineData(99, false)]
    public void Averaged_weights_are_taken_where_they_are_all_there(int averages, bool? taken)
    {
        var shapes = new Dictionary<string, long[]>();
        var source = ShapesOnly.Read((Checkout.Shared("checkpoints", "keys", "sd15_unet_ldm(after prefix).tsv"), SingleFileNames.UNet));
        foreach (string name in source.Names) { shapes[name] = [.. source.Shape(name)]; }
        foreach (string name in source.Names.Take(averages)) { shapes["model_ema." + name["model.".Length..].Replace(".", "", StringComparison.Ordinal)] = shapes[name]; }
        var file = new ShapesOnly(shapes);
        if (taken is null)
        {
            Assert.Contains("damaged", Assert.Throws<McdmException>(() => new SingleFile(file)).Message, StringComparison.Ordinal);
            Assert.False(new SingleFile(file, new SingleFileHints { Average = false }).IsAverage);
        }
        else
        {
            Assert.Equal(taken, new SingleFile(file).IsAverage);
        }
    }

    [SharedFact]
    public void Groups_of_published_models_that_do_not_fit_are_told()
    {
        string path = Checkout.Shared("checkpoints", "golden", "single-file-sd1-ldm", "model", "model.safetensors");
        using var file = SafeTensorsFile.Open(path);
        Assert.Equal("ShapeUnknown", Assert.Throws<McdmException>(() => new SingleFile(file)).Id);
    }

    [Fact]
    public void The_original_programs_configuration_tells_heads_and_prediction()
    {
        using var folder = new Formats.TemporaryFolder();
        File.WriteAllText(folder.File("model.yaml"), """
            model:
              params:
                parameterization: "v"
                scale_factor: 0.13 # of latents
                unet_config:
                  params:
                    num_head_channels: 64 # need to fix for flash-attn
                    attention_resolutions: [ 4, 2, 1 ]
            """);
        Assert.Equal(new SingleFileHints { HeadChannels = 64, ScalingFactor = 0.13, Prediction = PredictionKind.Velocity }, LdmConfig.Read(LdmConfig.Beside(folder.File("model.ckpt"))!));
        File.WriteAllText(folder.File("model.yaml"), "num_heads: many");
        Assert.Equal("ConfigInvalid", Assert.Throws<McdmException>(() => LdmConfig.Read(folder.File("model.yaml"))).Id);
    }
}
