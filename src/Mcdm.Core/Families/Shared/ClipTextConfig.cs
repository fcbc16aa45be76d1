using Mcdm.Layers.Clip;
using static System.FormattableString;

namespace Mcdm.Families.Shared;

/// <summary>The <c>config.json</c> of a <see cref="ClipTextModel"/>, as transformers writes it.</summary>
internal static class ClipTextConfig
{
    public const string ClassName = "CLIPTextModel";

    private const string QuickGelu = "quick_gelu", Gelu = "gelu";
    private const int MaxLayers = 256;

    public static ClipTextOptions Read(JsonConfig config)
    {
        foreach (string architecture in config.Texts("architectures", ClassName).Where(name => name != ClassName))
        {
            ForeignModels.Refuse(config.Path, architecture);
            throw config.Unsupported("architectures", $"only {ClassName}");
        }
        config.RequireText("model_type", "clip_text_model");
        config.RequireText("hidden_act", QuickGelu, Gelu);
        var options = new ClipTextOptions();
        options = options with
        {
            Vocabulary = config.Integer("vocab_size", options.Vocabulary),
            Positions = config.Integer("max_position_embeddings", options.Positions),
            Width = config.Integer("hidden_size", options.Width),
            Hidden = config.Integer("intermediate_size", options.Hidden),
            Layers = config.Integer("num_hidden_layers", options.Layers),
            Heads = config.Integer("num_attention_heads", options.Heads),
            QuickGelu = config.Text("hidden_act", QuickGelu) != Gelu,
            Epsilon = config.Positive("layer_norm_eps", options.Epsilon),
        };
        if (options.Width % options.Heads != 0) { throw config.Invalid("num_attention_heads", Invariant($"a number that divides the width {options.Width}")); }
        return options.Layers <= MaxLayers ? options : throw config.Invalid("num_hidden_layers", Invariant($"a number of layers up to {MaxLayers}"));
    }
}
