using Mcdm.Layers.UNet2D;
using static System.FormattableString;

namespace Mcdm.Families.Shared;

/// <summary>What the configurations of all U-Nets have in common.</summary>
internal static class UNetShapeConfig
{
    private const int MaxLevels = 10, MaxLayers = 64;

    /// <summary>What a U-Net of diffusers has where its configuration says nothing.</summary>
    /// <param name="Attention">How block types with attention begin.</param>
    /// <param name="InputChannels">Channels of what comes in.</param>
    /// <param name="Channels">Channels of the levels.</param>
    /// <param name="DownAttention">Levels with attention on the way down.</param>
    /// <param name="UpAttention">Levels with attention on the way up, from the coarsest; null for a ControlNet, which has none.</param>
    /// <param name="Middle">The block type of the middle.</param>
    internal sealed record Defaults(string Attention, int InputChannels, int[] Channels, bool[] DownAttention, bool[]? UpAttention, string Middle);

    public static UNetShape Read(JsonConfig config, Defaults defaults)
    {
        config.RequireNull("class_embed_type", "num_class_embeds");
        config.RequireFalse("center_input_sample");
        config.RequireText("act_fn", "silu", "swish");
        config.RequireText("time_embedding_type", "positional");
        config.RequireText("mid_block_type", defaults.Middle);
        config.RequireText("resnet_time_scale_shift", "default", "scale_shift");
        config.RequireNumber("mid_block_scale_factor", 1);

        var channels = config.Integers("block_out_channels", defaults.Channels);
        int levels = channels.Count;
        if (levels > MaxLevels) { throw config.Invalid("block_out_channels", Invariant($"a list of at most {MaxLevels}")); }
        var layers = config.IntegerOrList("layers_per_block", 2, levels);
        if (layers.Any(count => count > MaxLayers)) { throw config.Invalid("layers_per_block", Invariant($"a number of layers from 1 to {MaxLayers}")); }
        int groups = config.Integer("norm_num_groups", 32);
        if (config.Has("norm_num_groups") && config.Value("norm_num_groups") is null) { throw config.Unsupported("norm_num_groups", "a number of groups"); }
        RequireDivides(config, groups, channels, "norm_num_groups");
        int padding = config.Integer("downsample_padding", 1, least: 0);
        if (padding > 1) { throw config.Unsupported("downsample_padding", "only 0 and 1"); }

        return new UNetShape
        {
            InputChannels = config.Integer("in_channels", defaults.InputChannels),
            Channels = channels,
            Layers = layers,
            DownAttention = Attention("down_block_types", "Down", defaults.DownAttention),
            UpAttention = defaults.UpAttention is { } up ? Attention("up_block_types", "Up", up) : [],
            Middle = config.Text("mid_block_type", defaults.Middle) is not null,
            Groups = groups,
            Epsilon = config.Positive("norm_eps", 1e-5),
            TimeChannels = config.OptionalInteger("time_embedding_dim"),
            FlipSinToCos = config.Flag("flip_sin_to_cos", true),
            FrequencyShift = config.Number("freq_shift", 0),
            ScaleShift = config.Text("resnet_time_scale_shift", "default") == "scale_shift",
            DownsamplePadding = padding,
        };

        IReadOnlyList<bool> Attention(string key, string way, bool[] fallback)
        {
            string plain = $"{way}Block2D", attending = $"{defaults.Attention}{way}Block2D";
            if (config.Value(key) is null) { return fallback.Length == levels ? fallback : throw config.Invalid(key, Invariant($"a list of {levels}")); }
            var types = config.Texts(key);
            if (types.Any(type => type != plain && type != attending)) { throw config.Unsupported(key, $"only {plain} and {attending}"); }
            return types.Count == levels ? types.Select(type => type == attending).ToArray() : throw config.Invalid(key, Invariant($"a list of {levels}"));
        }
    }

    /// <summary>Refuses groups that do not divide every level's channels.</summary>
    public static void RequireDivides(JsonConfig config, int groups, IReadOnlyList<int> channels, string key)
    {
        if (channels.Any(count => count % groups != 0)) { throw config.Invalid(key, $"a number that divides all of {string.Join(", ", channels)}"); }
    }
}
