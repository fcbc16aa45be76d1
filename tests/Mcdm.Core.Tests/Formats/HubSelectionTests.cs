using Mcdm.Weights.Hub;
using Xunit;

namespace Mcdm.Core.Tests.Formats;

public sealed class HubSelectionTests
{
    private static readonly string[] s_pipeline =
    [
        "README.md", "model_index.json", "v1-5-pruned.ckpt", "v1-5-pruned.safetensors", "feature_extractor/preprocessor_config.json", "safety_checker/model.safetensors", "scheduler/scheduler_config.json",
        "text_encoder/config.json", "text_encoder/model.safetensors", "text_encoder/model.fp16.safetensors", "text_encoder/pytorch_model.bin", "text_encoder/flax_model.msgpack",
        "tokenizer/merges.txt", "tokenizer/vocab.json", "tokenizer/tokenizer_config.json", "tokenizer/special_tokens_map.json",
        "unet/config.json", "unet/diffusion_pytorch_model.bin", "unet/diffusion_pytorch_model.safetensors", "unet/diffusion_pytorch_model.fp16.safetensors", "unet/diffusion_pytorch_model.non_ema.safetensors",
        "vae/config.json", "vae/diffusion_pytorch_model.bin", "vae/diffusion_pytorch_model.fp16.bin", "unet/model.onnx",
    ];

    private static string[] Choose(IEnumerable<string> files, string[]? include = null, string? variant = null) =>
        [.. HubSelection.Choose(new HubRepository("someone/tiny"), files.Select(path => new HubFile(path, null, null)).ToList(), include ?? [], variant).Select(file => file.Path).Order(StringComparer.Ordinal)];

    [Fact]
    public void Of_a_pipeline_the_parts_that_are_read_come_in_one_form_each() => Assert.Equal(
    [
        "model_index.json", "scheduler/scheduler_config.json", "text_encoder/config.json", "text_encoder/model.safetensors",
        "tokenizer/merges.txt", "tokenizer/special_tokens_map.json", "tokenizer/tokenizer_config.json", "tokenizer/vocab.json",
        "unet/config.json", "unet/diffusion_pytorch_model.safetensors", "vae/config.json", "vae/diffusion_pytorch_model.bin",
    ], Choose(s_pipeline));

    [Fact]
    public void A_variant_is_taken_where_there_is_one() => Assert.Equal(
        ["text_encoder/model.fp16.safetensors", "unet/diffusion_pytorch_model.fp16.safetensors", "vae/diffusion_pytorch_model.fp16.bin"],
        Choose(s_pipeline, variant: "fp16").Where(path => path.Contains("model.", StringComparison.Ordinal)));

    [Fact]
    public void Shards_come_with_their_index_and_only_where_there_is_no_whole()
    {
        string[] shards = ["config.json", "diffusion_pytorch_model-00001-of-00002.safetensors", "diffusion_pytorch_model-00002-of-00002.safetensors", "diffusion_pytorch_model.safetensors.index.json"];
        Assert.Equal(shards, Choose([.. shards, "diffusion_pytorch_model.bin"]));
        Assert.Equal(["config.json", "diffusion_pytorch_model.safetensors"], Choose([.. shards, "diffusion_pytorch_model.safetensors"]));
        Assert.Equal(["config.json", "model.fp16-00001-of-00001.safetensors", "model.safetensors.index.fp16.json"],
            Choose(["config.json", "model.fp16-00001-of-00001.safetensors", "model.safetensors.index.fp16.json", "model.bin"]));
    }

    [Fact]
    public void A_lone_checkpoint_is_the_model_and_safetensors_come_before_pickles()
    {
        Assert.Equal(["model.ckpt"], Choose(["README.md", "model.ckpt"]));
        Assert.Equal(["model.safetensors"], Choose(["model.ckpt", "model.safetensors", "sub/other.safetensors"]));
        Assert.Equal(["model.safetensors"], Choose(["older.ckpt", "model.safetensors", "model.fp16.safetensors"]));
        Assert.Equal(["model.fp16.safetensors"], Choose(["model.safetensors", "model.fp16.safetensors"], variant: "fp16"));
    }

    [Fact]
    public void Several_models_side_by_side_are_named()
    {
        var error = Assert.Throws<McdmException>(() => Choose(["canny.pth", "depth.pth"]));
        Assert.Equal("HubAmbiguous", error.Id);
        Assert.Contains("canny.pth, depth.pth", error.Message, StringComparison.Ordinal);
        Assert.Equal(["depth.pth"], Choose(["canny.pth", "depth.pth"], include: ["depth.*"]));
    }

    [Fact]
    public void Patterns_name_files_by_path_or_name()
    {
        Assert.Equal(["unet/config.json", "unet/diffusion_pytorch_model.bin"], Choose(s_pipeline, include: ["unet/config.json", "unet/*model.bin"]));
        Assert.Equal(["scheduler/scheduler_config.json"], Choose(s_pipeline, include: ["scheduler_config.json"]));
        Assert.Contains("*.gguf", Assert.Throws<McdmException>(() => Choose(s_pipeline, include: ["*.gguf"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_repository_without_a_model_is_refused() => Assert.Equal("HubNothingFound", Assert.Throws<McdmException>(() => Choose(["README.md", "data.csv"])).Id);
}
