using Mcdm.Families.StableDiffusion.Networks;
using Mcdm.Layers.Frozen;
using Mcdm.Layers.UNet2D;

namespace Mcdm.Benchmarks.Checkpoints;

/// <summary>Names and shapes of the tensors of Stable Diffusion XL's networks, by the patterns of the published files.</summary>
internal sealed class SdxlKeys
{
    /// <summary>Of the published U-Net.</summary>
    public static UNet2DConditionOptions UNetOptions { get; } = new()
    {
        BlockOutChannels = [320, 640, 1280], DownBlockTypes = ["DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"],
        UpBlockTypes = ["CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"], TransformerLayersPerBlock = new PerLevel([1, 2, 10]),
        AttentionHeadDim = new PerLevel([5, 10, 20]), CrossAttentionDim = 2048, UseLinearProjection = true, AdditionEmbedType = "text_time", AdditionTimeEmbedDim = 256,
        ProjectionClassEmbeddingsInputDim = 2816,
    };

    /// <summary>Of a large ControlNet.</summary>
    public static ControlNetOptions ControlOptions { get; } = new()
    {
        BlockOutChannels = UNetOptions.BlockOutChannels, DownBlockTypes = UNetOptions.DownBlockTypes, TransformerLayersPerBlock = UNetOptions.TransformerLayersPerBlock,
        AttentionHeadDim = UNetOptions.AttentionHeadDim, CrossAttentionDim = 2048, UseLinearProjection = true, AdditionEmbedType = "text_time", AdditionTimeEmbedDim = 256,
        ProjectionClassEmbeddingsInputDim = 2816,
    };

    private const int Time = 1280, Context = 2048;
    private static readonly int[] s_channels = [320, 640, 1280];
    private readonly Dictionary<string, long[]> _shapes = [];

    public IReadOnlyDictionary<string, long[]> Shapes => _shapes;

    /// <summary>What builds the network of these, with them in its line.</summary>
    public Action<FrozenWeights> Build(Action<FrozenWeights> build) => build;

    public SdxlKeys Add(string name, params long[] shape)
    {
        _shapes.Add(name, shape);
        return this;
    }

    public SdxlKeys UNet(int input)
    {
        Encoder(input, [2, 10]);
        int[] skips = [320, 320, 320, 320, 640, 640, 640, 1280, 1280];
        int taken = skips.Length, width = 1280;
        foreach (var (level, block) in new[] { (2, 0), (1, 1), (0, 2) })
        {
            int channels = s_channels[level];
            for (int i = 0; i < 3; i++)
            {
                Resnet($"up_blocks.{block}.resnets.{i}", width + skips[--taken], channels);
                width = channels;
                if (level > 0) { Attention($"up_blocks.{block}.attentions.{i}", channels, level == 2 ? 10 : 2); }
            }
            if (level > 0) { Layer($"up_blocks.{block}.upsamplers.0.conv", channels, channels, 3, 3); }
        }
        Norm("conv_norm_out", 320);
        return Layer("conv_out", 4, 320, 3, 3);
    }

    public SdxlKeys Control(int[]? depths, int[] features)
    {
        Encoder(4, depths);
        Layer("controlnet_cond_embedding.conv_in", features[0], 3, 3, 3);
        for (int i = 0; i < 3; i++)
        {
            Layer($"controlnet_cond_embedding.blocks.{2 * i}", features[i], features[i], 3, 3);
            Layer($"controlnet_cond_embedding.blocks.{2 * i + 1}", features[i + 1], features[i], 3, 3);
        }
        Layer("controlnet_cond_embedding.conv_out", 320, features[3], 3, 3);
        int[] skips = [320, 320, 320, 320, 640, 640, 640, 1280, 1280];
        for (int i = 0; i < skips.Length; i++) { Layer($"controlnet_down_blocks.{i}", skips[i], skips[i], 1, 1); }
        return Layer("controlnet_mid_block", 1280, 1280, 1, 1);
    }

    public SdxlKeys Union(int types)
    {
        Add("task_embedding", types, 320).Add("transformer_layes.0.attn.in_proj_weight", 960, 320).Add("transformer_layes.0.attn.in_proj_bias", 960);
        Layer("transformer_layes.0.attn.out_proj", 320, 320);
        Norm("transformer_layes.0.ln_1", 320);
        Norm("transformer_layes.0.ln_2", 320);
        Layer("transformer_layes.0.mlp.c_fc", 1280, 320);
        Layer("transformer_layes.0.mlp.c_proj", 320, 1280);
        Layer("spatial_ch_projs", 320, 320);
        Layer("control_add_embedding.linear_1", Time, 256 * types);
        return Layer("control_add_embedding.linear_2", Time, Time);
    }

    public SdxlKeys Text(int width, int layers, int inner)
    {
        const string At = "text_model";
        Add($"{At}.embeddings.token_embedding.weight", 49_408, width).Add($"{At}.embeddings.position_embedding.weight", 77, width);
        for (int i = 0; i < layers; i++)
        {
            string layer = $"{At}.encoder.layers.{i}";
            foreach (string projection in new[] { "q_proj", "k_proj", "v_proj", "out_proj" }) { Layer($"{layer}.self_attn.{projection}", width, width); }
            Layer($"{layer}.mlp.fc1", inner, width);
            Layer($"{layer}.mlp.fc2", width, inner);
            Norm($"{layer}.layer_norm1", width);
            Norm($"{layer}.layer_norm2", width);
        }
        return Norm($"{At}.final_layer_norm", width);
    }

    /// <summary>The first half.</summary>
    private void Encoder(int input, int[]? depths)
    {
        Layer("conv_in", 320, input, 3, 3);
        Layer("time_embedding.linear_1", Time, 320);
        Layer("time_embedding.linear_2", Time, Time);
        Layer("add_embedding.linear_1", Time, 2816);
        Layer("add_embedding.linear_2", Time, Time);
        for (int level = 0; level < 3; level++)
        {
            int channels = s_channels[level];
            for (int i = 0; i < 2; i++)
            {
                Resnet($"down_blocks.{level}.resnets.{i}", i == 0 ? s_channels[Math.Max(0, level - 1)] : channels, channels);
                if (level > 0 && depths is not null) { Attention($"down_blocks.{level}.attentions.{i}", channels, depths[level - 1]); }
            }
            if (level < 2) { Layer($"down_blocks.{level}.downsamplers.0.conv", channels, channels, 3, 3); }
        }
        Resnet("mid_block.resnets.0", 1280, 1280);
        Resnet("mid_block.resnets.1", 1280, 1280);
        if (depths is null) { return; }
        Attention("mid_block.attentions.0", 1280, depths[1]);
    }

    private void Resnet(string at, int input, int output)
    {
        Norm($"{at}.norm1", input);
        Layer($"{at}.conv1", output, input, 3, 3);
        Layer($"{at}.time_emb_proj", output, Time);
        Norm($"{at}.norm2", output);
        Layer($"{at}.conv2", output, output, 3, 3);
        if (input != output) { Layer($"{at}.conv_shortcut", output, input, 1, 1); }
    }

    private void Attention(string at, int channels, int depth)
    {
        Norm($"{at}.norm", channels);
        Layer($"{at}.proj_in", channels, channels);
        Layer($"{at}.proj_out", channels, channels);
        for (int i = 0; i < depth; i++)
        {
            string block = $"{at}.transformer_blocks.{i}";
            foreach (string norm in new[] { "norm1", "norm2", "norm3" }) { Norm($"{block}.{norm}", channels); }
            foreach (var (attention, width) in new[] { ("attn1", channels), ("attn2", Context) })
            {
                Add($"{block}.{attention}.to_q.weight", channels, channels).Add($"{block}.{attention}.to_k.weight", channels, width);
                Add($"{block}.{attention}.to_v.weight", channels, width);
                Layer($"{block}.{attention}.to_out.0", channels, channels);
            }
            Layer($"{block}.ff.net.0.proj", 8 * channels, channels);
            Layer($"{block}.ff.net.2", channels, 4 * channels);
        }
    }

    private SdxlKeys Norm(string at, int width) => Add($"{at}.weight", width).Add($"{at}.bias", width);

    private SdxlKeys Layer(string at, params long[] shape) => Add($"{at}.weight", shape).Add($"{at}.bias", shape[0]);
}
