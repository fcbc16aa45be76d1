using Mcdm.Core.Tests.Formats;
using Mcdm.Registries;
using Mcdm.Weights;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Checkpoints;

/// <summary>What is said of a file that changes a model and is none.</summary>
public sealed class AdapterDescriptionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private ModelFiles Described(Dictionary<string, string> header, params (string Name, long[] Shape)[] tensors)
    {
        using var scope = NewDisposeScope();
        string path = _folder.File("mine.safetensors");
        SafeTensorsWriter.Write(path, tensors.Select(tensor => (tensor.Name, zeros(tensor.Shape))), header);
        return ModelFiles.At(path);
    }

    [Fact]
    public void A_LoRA_says_its_family_rank_and_words()
    {
        const string Layer = "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k";
        var header = new Dictionary<string, string> { ["ss_tag_frequency"] = """{"10_fox": {"a fox": 3, "snow": 7}, "5_more": {"a fox": 9}}""" };
        var files = Described(header, ($"{Layer}.lora_down.weight", [8, 1024]), ($"{Layer}.lora_up.weight", [64, 8]), ($"{Layer}.alpha", []));
        Assert.Equal("LoRA", files.Kind);
        Assert.Equal("Stable Diffusion 2.x", files.Adapter!.Base);
        Assert.Equal([8], files.Adapter.Ranks);
        Assert.Equal(["a fox", "snow"], files.Adapter.TriggerWords);
        Assert.Equal("mine", files.Name);
    }

    [Fact]
    public void What_its_header_says_goes_before_its_sizes()
    {
        var header = new Dictionary<string, string> { ["ss_base_model_version"] = "sd_v1", ["modelspec.trigger_phrase"] = "sks fox, snow" };
        var files = Described(header, ("lora_unet_mid_block_attentions_0_proj_in.hada_w1_b", [4, 64]));
        Assert.Equal("LoHa", files.Kind);
        Assert.Equal("Stable Diffusion 1.x", files.Adapter!.Base);
        Assert.Equal(["sks fox", "snow"], files.Adapter.TriggerWords);
    }

    [Fact]
    public void Words_say_how_many_vectors_they_have()
    {
        var files = Described([], ("<river>", [3, 768]));
        Assert.Equal("textual inversion", files.Kind);
        Assert.Equal("Stable Diffusion 1.x", files.Adapter!.Base);
        Assert.Equal(3, files.Adapter.Tokens["<river>"]);
    }

    [Theory]
    [InlineData("bad-hands.pt", "bad-hands")]
    [InlineData("cat-toy.pt", "cat-toy")]
    [InlineData("easy neg.safetensors", "easy neg")]
    public void An_embedding_of_AUTOMATIC1111_is_called_as_its_file(string file, string word)
    {
        var files = ModelFiles.At(Path.Combine(Checkout.Folder, "tests", "golden", "inversion-sd1", "model", file));
        Assert.Equal("textual inversion", files.Kind);
        Assert.Equal(word, Assert.Single(files.Adapter!.Tokens).Key);
        Assert.InRange(files.Adapter.Tokens[word], 1, 10);
    }

    [Fact]
    public void A_model_is_none() => Assert.Null(ModelFiles.At(Path.Combine(Checkout.Folder, "tests", "golden", "sd1-tiny", "model")).Adapter);
}
