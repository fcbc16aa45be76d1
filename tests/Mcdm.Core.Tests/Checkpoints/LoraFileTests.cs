using Mcdm.Core.Tests.Networks;
using Mcdm.Families.StableDiffusion.Files;
using Mcdm.Layers.Frozen;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Checkpoints;

public sealed class LoraFileTests : IDisposable
{
    private const string Layer = "mid_block.attentions.0.transformer_blocks.0.attn1.to_q";
    private readonly MadeWeights _file = new(), _basis = new();

    public LoraFileTests() => _basis[$"{Layer}.weight"] = ones(3, 2);

    private LoraFile Read() => LoraFile.Read(new LoraSource(_file.Path, [new(_file, null, LoraMetadata.OfHeader(_file.Path, new Dictionary<string, string>()))]), CPU, ScalarType.Float32);

    public void Dispose()
    {
        _file.Dispose();
        _basis.Dispose();
    }

    [Theory]
    [InlineData("lora_unet_mid_block_attentions_0_transformer_blocks_0_attn1_to_q.lora_down.weight", "lora_unet_mid_block_attentions_0_transformer_blocks_0_attn1_to_q.lora_up.weight")]
    [InlineData($"unet.{Layer}.lora_A.weight", $"unet.{Layer}.lora_B.weight")]
    [InlineData($"unet.{Layer}.lora.down.weight", $"unet.{Layer}.lora.up.weight")]
    [InlineData("unet.mid_block.attentions.0.transformer_blocks.0.attn1.processor.to_q_lora.down.weight", "unet.mid_block.attentions.0.transformer_blocks.0.attn1.processor.to_q_lora.up.weight")]
    public void Every_trainers_names_are_read(string down, string up)
    {
        _file[down] = full([4, 2], 0.5);
        _file[up] = ones(3, 4);
        using var lora = Read();
        using var merged = new MergedWeights(_basis, lora.ChangesOf(LoraPart.UNet, _basis, 0.25));
        using var weight = merged.Read($"{Layer}.weight");
        // 1 + 0.25 · 4/4 · 4 · 0.5
        Assert.True(weight.allclose(full([3, 2], 1.5)));
        Assert.False(lora.Changes(LoraPart.Text));
    }

    [Fact]
    public void Alpha_over_rank_multiplies_and_several_add_up()
    {
        _file[$"unet.{Layer}.lora_A.weight"] = ones(2, 2);
        _file[$"unet.{Layer}.lora_B.weight"] = ones(3, 2);
        _file[$"unet.{Layer}.alpha"] = tensor(1f);
        using var lora = Read();
        var changes = lora.ChangesOf(LoraPart.UNet, _basis, 1);
        using var merged = new MergedWeights(_basis, TensorChanges.Together([changes, changes]));
        using var weight = merged.Read($"{Layer}.weight", ScalarType.BFloat16);
        Assert.Equal(ScalarType.BFloat16, weight.dtype);
        Assert.True(weight.to(ScalarType.Float32).allclose(full([3, 2], 3.0)));
    }

    [Fact]
    public void A_text_encoders_layers_are_found_with_and_without_the_beginning_of_their_names()
    {
        using var scope = NewDisposeScope();
        using var text = new MadeWeights { ["encoder.layers.0.mlp.fc1.weight"] = zeros(3, 2) };
        _file["lora_te_text_model_encoder_layers_0_mlp_fc1.lora_down.weight"] = ones(1, 2);
        _file["lora_te_text_model_encoder_layers_0_mlp_fc1.lora_up.weight"] = ones(3, 1);
        using var lora = Read();
        Assert.Equal(["encoder.layers.0.mlp.fc1.weight"], lora.ChangesOf(LoraPart.Text, text, 1).Tensors);
    }

    [Theory]
    [InlineData("lora_unet_mid.oft_blocks", "OFT")]
    [InlineData("lora_unet_mid.on_input", "(IA)³")]
    [InlineData("lora_unet_mid.a1.weight", "GLoRA")]
    [InlineData("lora_unet_mid.hada_w1_a", "lora_unet_mid.hada_w1_b")]
    [InlineData("lora_unet_mid.lokr_w1", "lora_unet_mid.lokr_w2")]
    [InlineData("lora_unet_mid.lora_mid.weight", "lora_unet_mid.lora_down")]
    [InlineData("lora_unet_mid.dora_scale", "dora_scale")]
    [InlineData("emb_params", "textual inversion")]
    [InlineData("string_to_param.*", "textual inversion")]
    [InlineData("<cat-toy>", "textual inversion")]
    [InlineData("lora_unet_double_blocks_0_img_attn_qkv.lora_down.weight", "Flux")]
    [InlineData("mid_block.conv.weight", "mid_block.conv.weight")]
    public void Whatever_is_no_LoRA_of_Stable_Diffusion_is_refused_by_name(string tensor, string name)
    {
        _file[tensor] = zeros(1, 768);
        Assert.Contains(name, Assert.Throws<McdmException>(() => Read()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_factor_without_the_other_is_refused()
    {
        _file[$"unet.{Layer}.lora_A.weight"] = ones(2, 2);
        Assert.Equal("LoraIncomplete", Assert.Throws<McdmException>(() => Read()).Id);
    }

    [Theory]
    [InlineData("mid_block.attentions.7.proj_in", 2, "LoraLayer", "unet.mid_block.attentions.7.proj_in")]
    [InlineData(Layer, 5, "LoraShape", "[3, 5]")]
    public void A_LoRA_of_another_model_is_refused(string layer, int width, string id, string told)
    {
        _file[$"unet.{layer}.lora_A.weight"] = ones(2, width);
        _file[$"unet.{layer}.lora_B.weight"] = ones(3, 2);
        using var lora = Read();
        var error = Assert.Throws<McdmException>(() => lora.ChangesOf(LoraPart.UNet, _basis, 1));
        Assert.Equal(id, error.Id);
        Assert.Contains(told, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("""{"unet.alpha_pattern": {"\ud800": 1}}""")]
    [InlineData("alpha")]
    public void A_header_that_makes_no_sense_is_refused(string json) =>
        Assert.Equal("LoraMetadata", Assert.Throws<McdmException>(() => LoraMetadata.OfHeader("file", new Dictionary<string, string> { ["lora_adapter_metadata"] = json })).Id);

    [Theory]
    [InlineData("""{"unet.lora_alpha": 8}""", 4, 2)]
    [InlineData("""{"unet.lora_alpha": 8, "unet.use_rslora": true}""", 4, 4)]
    [InlineData("""{"text_encoder.lora_alpha": 8}""", 4, 1)]
    [InlineData("""{"unet.lora_alpha": 8, "unet.alpha_pattern": {"attn1.to_q": 2}}""", 4, 0.5)]
    public void Alphas_in_a_files_header_count_where_no_tensor_holds_one(string json, int rank, double expected) =>
        Assert.Equal(expected, LoraMetadata.OfHeader("file", new Dictionary<string, string> { ["lora_adapter_metadata"] = json }).AlphaOverRank(LoraPart.UNet, Layer, rank));
}
