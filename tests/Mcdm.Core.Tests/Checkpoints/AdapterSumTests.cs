using Mcdm.Families.StableDiffusion.Files;
using Mcdm.Families.StableDiffusion.Networks;
using Mcdm.Layers.Clip;
using Mcdm.Layers.Frozen;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Checkpoints;

/// <summary>Published IP-Adapters, T2I-Adapters and picture encoders of full size, by names and shapes: each network takes all of them, and the sums are the published ones.</summary>
public sealed class AdapterSumTests
{
    private static readonly long[] s_widths1 = [320, 320, 640, 640, 1280, 1280, 1280, 1280, 1280, 640, 640, 640, 320, 320, 320, 1280];

    private static readonly long[] s_widthsXL =
        [.. Enumerable.Repeat(640L, 4), .. Enumerable.Repeat(1280L, 50), .. Enumerable.Repeat(640L, 6), .. Enumerable.Repeat(1280L, 10)];

    [Theory]
    [InlineData("base", false, 1024, 22_319_616)]
    [InlineData("plus", false, 1280, 49_087_488)]
    [InlineData("base", true, 1280, 351_285_248)]
    [InlineData("base", true, 1024, 349_188_096)]
    [InlineData("plus", true, 1280, 423_748_864)]
    public void A_published_image_prompt_adapter_takes_each_of_its_tensors(string kind, bool isXL, long width, long parameters)
    {
        var (widths, tokens) = isXL ? (s_widthsXL, 2048) : (s_widths1, 768);
        var shapes = new Dictionary<string, long[]>();
        for (int i = 0; i < widths.Length; i++)
        {
            shapes[$"ip_adapter.{i}.to_k_ip.weight"] = shapes[$"ip_adapter.{i}.to_v_ip.weight"] = [widths[i], tokens];
        }
        foreach (var (name, shape) in kind == "base" ? Projected(width, tokens) : Resampled(isXL ? 1280 : 768, width, tokens)) { shapes[$"image_proj.{name}"] = shape; }
        using var weights = new FrozenWeights(new ShapesOnly(shapes), META, ScalarType.BFloat16);
        var network = new ImageAdapterModel(weights, widths.Select((size, i) => ($"{i}", size)), tokens);
        Assert.Equal(parameters, network.Parameters);
        Assert.Equal((kind == "plus", width), (network.Tokens.ReadsTokens, network.Tokens.Width));
    }

    [Theory]
    [InlineData(T2IAdapterOptions.Full, 3, 38, 77_369_280)]
    [InlineData(T2IAdapterOptions.Full, 1, 38, 77_000_640)]
    [InlineData(T2IAdapterOptions.FullXL, 3, 38, 79_028_160)]
    [InlineData(T2IAdapterOptions.FullXL, 1, 38, 77_553_600)]
    [InlineData(T2IAdapterOptions.Light, 3, 80, 18_689_200)]
    public void A_published_T2I_Adapter_takes_each_of_its_tensors_and_tells_its_shape(string kind, int channels, int count, long parameters)
    {
        var shapes = kind == T2IAdapterOptions.Light ? Light(channels) : Full(channels * (kind == T2IAdapterOptions.FullXL ? 256 : 64));
        Assert.Equal(count, shapes.Count);
        Assert.True(T2IAdapterNames.Recognizes(shapes.Keys.ToHashSet()));
        // As the original program names them.
        using var renamed = T2IAdapterNames.Renamed(new ShapesOnly(shapes));
        var options = T2IAdapterInference.Read(renamed);
        using var weights = new FrozenWeights(renamed, META, ScalarType.BFloat16);
        Assert.Equal(parameters, new T2IAdapterModel(weights, options).Parameters);
        Assert.Equal((kind, channels, kind == T2IAdapterOptions.FullXL ? 16 : 8), (options.AdapterType, options.InChannels, options.DownscaleFactor));
        Assert.Equal([320, 640, 1280, 1280], options.Levels);
    }

    /// <summary>CLIP's ViT-H and ViT-bigG with their projections.</summary>
    [Theory]
    [InlineData(1280, 32, 5120, 1024, 632_076_800)]
    [InlineData(1664, 48, 8192, 1280, 1_844_907_264)]
    public void A_published_picture_encoder_takes_each_of_its_tensors(int width, int layers, int inner, int projection, long parameters)
    {
        var shapes = new Dictionary<string, long[]>
        {
            ["vision_model.embeddings.class_embedding"] = [width], ["vision_model.embeddings.patch_embedding.weight"] = [width, 3, 14, 14],
            ["vision_model.embeddings.position_embedding.weight"] = [257, width], ["vision_model.embeddings.position_ids"] = [1, 257],
            ["visual_projection.weight"] = [projection, width],
        };
        foreach (string norm in new[] { "pre_layrnorm", "post_layernorm" }) { Norm($"vision_model.{norm}"); }
        for (int i = 0; i < layers; i++)
        {
            string at = $"vision_model.encoder.layers.{i}";
            Norm($"{at}.layer_norm1");
            Norm($"{at}.layer_norm2");
            foreach (string part in new[] { "q_proj", "k_proj", "v_proj", "out_proj" }) { Linear($"{at}.self_attn.{part}", width, width); }
            Linear($"{at}.mlp.fc1", inner, width);
            Linear($"{at}.mlp.fc2", width, inner);
        }
        using var weights = new FrozenWeights(new ShapesOnly(shapes), META, ScalarType.BFloat16);
        var options = new ClipVisionOptions
        {
            HiddenSize = width, NumHiddenLayers = layers, IntermediateSize = inner, NumAttentionHeads = 16, PatchSize = 14, ProjectionDim = projection, HiddenAct = "gelu",
        };
        Assert.Equal(parameters, new ClipVisionModel(weights, options).Parameters);

        void Norm(string name) => shapes[$"{name}.weight"] = shapes[$"{name}.bias"] = [width];

        void Linear(string name, long output, long input) => (shapes[$"{name}.weight"], shapes[$"{name}.bias"]) = ([output, input], [output]);
    }

    private static Dictionary<string, long[]> Projected(long width, long tokens) =>
        new() { ["proj.weight"] = [4 * tokens, width], ["proj.bias"] = [4 * tokens], ["norm.weight"] = [tokens], ["norm.bias"] = [tokens] };

    private static Dictionary<string, long[]> Resampled(long inner, long width, long tokens)
    {
        var shapes = new Dictionary<string, long[]>
        {
            ["latents"] = [1, 16, inner], ["proj_in.weight"] = [inner, width], ["proj_in.bias"] = [inner], ["proj_out.weight"] = [tokens, inner], ["proj_out.bias"] = [tokens],
            ["norm_out.weight"] = [tokens], ["norm_out.bias"] = [tokens],
        };
        for (int i = 0; i < 4; i++)
        {
            foreach (string norm in new[] { "0.norm1", "0.norm2", "1.0" }) { shapes[$"layers.{i}.{norm}.weight"] = shapes[$"layers.{i}.{norm}.bias"] = [inner]; }
            (shapes[$"layers.{i}.0.to_q.weight"], shapes[$"layers.{i}.0.to_kv.weight"], shapes[$"layers.{i}.0.to_out.weight"]) = ([inner, inner], [2 * inner, inner], [inner, inner]);
            (shapes[$"layers.{i}.1.1.weight"], shapes[$"layers.{i}.1.3.weight"]) = ([4 * inner, inner], [inner, 4 * inner]);
        }
        Assert.Equal(51, shapes.Count);
        return shapes;
    }

    private static Dictionary<string, long[]> Full(long columns)
    {
        var shapes = new Dictionary<string, long[]>();
        Add("conv_in", 320, columns, 3);
        long[] widths = [320, 640, 1280, 1280];
        for (int block = 0; block < 8; block++)
        {
            long width = widths[block / 2];
            if (block is 2 or 4) { Add($"body.{block}.in_conv", width, width / 2, 1); }
            Add($"body.{block}.block1", width, width, 3);
            Add($"body.{block}.block2", width, width, 1);
        }
        return shapes;

        void Add(string name, long output, long input, long kernel) => (shapes[$"{name}.weight"], shapes[$"{name}.bias"]) = ([output, input, kernel, kernel], [output]);
    }

    private static Dictionary<string, long[]> Light(int channels)
    {
        var shapes = new Dictionary<string, long[]>();
        long input = 64L * channels;
        foreach (var (width, level) in new long[] { 320, 640, 1280, 1280 }.Select((width, level) => (width, level)))
        {
            Add($"body.{level}.in_conv", width / 4, input, 1);
            for (int block = 0; block < 4; block++)
            {
                Add($"body.{level}.body.{block}.block1", width / 4, width / 4, 3);
                Add($"body.{level}.body.{block}.block2", width / 4, width / 4, 3);
            }
            Add($"body.{level}.out_conv", width, width / 4, 1);
            input = width;
        }
        return shapes;

        void Add(string name, long output, long input, long kernel) => (shapes[$"{name}.weight"], shapes[$"{name}.bias"]) = ([output, input, kernel, kernel], [output]);
    }
}
