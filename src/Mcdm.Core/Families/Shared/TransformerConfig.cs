using Mcdm.Layers.UNet2D;

namespace Mcdm.Families.Shared;

/// <summary>What the configurations of a U-Net that reads a context and of its ControlNets have in common.</summary>
internal static class TransformerConfig
{
    private const int MaxDepth = 64;

    /// <summary>
    /// Reads the transformers of a network. In these configurations <c>attention_head_dim</c> is the number of heads, whatever its name says.
    /// </summary>
    /// <param name="config">The configuration.</param>
    /// <param name="shape">The network's levels.</param>
    /// <param name="headsKey">The key that holds the number of heads.</param>
    public static TransformerOptions Read(JsonConfig config, UNetShape shape, string headsKey)
    {
        config.RequireNull("addition_embed_type", "encoder_hid_dim", "encoder_hid_dim_type", "cross_attention_norm");
        config.RequireFalse("only_cross_attention", "dual_cross_attention");
        if (config.Value("transformer_layers_per_block") is { ValueKind: not System.Text.Json.JsonValueKind.Number })
        {
            throw config.Unsupported("transformer_layers_per_block", "one number for all levels; a list is Stable Diffusion XL's");
        }
        int depth = config.Integer("transformer_layers_per_block", 1);
        if (depth > MaxDepth) { throw config.Invalid("transformer_layers_per_block", $"a number up to {MaxDepth}"); }
        var heads = config.IntegerOrList(headsKey, 8, shape.Channels.Count);
        if (heads.Zip(shape.Channels).Any(level => level.First > level.Second)) { throw config.Invalid(headsKey, "a number of heads that is not above the number of channels"); }
        var context = config.IntegerOrList("cross_attention_dim", 1280, shape.Channels.Count).Distinct().ToList();
        return new TransformerOptions
        {
            Heads = heads,
            ContextChannels = context.Count == 1 ? context[0] : throw config.Unsupported("cross_attention_dim", "one number for all levels"),
            Depth = depth,
            LinearProjection = config.Flag("use_linear_projection", false),
            Groups = shape.Groups,
        };
    }
}
