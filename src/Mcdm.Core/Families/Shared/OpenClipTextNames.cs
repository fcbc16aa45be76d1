using Mcdm.Weights;

namespace Mcdm.Families.Shared;

/// <summary>
/// OpenCLIP's text encoder under the names of CLIP's. Stable Diffusion 2 reads what the last layer but one gives, so the last is left out; query, key and value
/// are one tensor here.
/// </summary>
internal static class OpenClipTextNames
{
    private const string Layers = "transformer.resblocks.";
    private const string Projection = "text_projection";
    private static readonly string[] s_unused = ["logit_scale", "logit_bias", "attn_mask"];

    private static readonly Dictionary<string, string> s_ends = new(StringComparer.Ordinal)
    {
        ["token_embedding"] = "text_model.embeddings.token_embedding",
        ["positional_embedding"] = "text_model.embeddings.position_embedding.weight",
        ["ln_final"] = "text_model.final_layer_norm",
    };

    private static readonly Dictionary<string, string> s_layer = new(StringComparer.Ordinal)
    {
        ["ln_1"] = "layer_norm1",
        ["ln_2"] = "layer_norm2",
        ["attn.out_proj"] = "self_attn.out_proj",
        ["mlp.c_fc"] = "mlp.fc1",
        ["mlp.c_proj"] = "mlp.fc2",
    };

    private static readonly string[] s_projections = ["q_proj", "k_proj", "v_proj"];

    /// <summary>CLIP's names of tensors; one that has none keeps its own, so that the network refuses it by name.</summary>
    /// <param name="names">OpenCLIP's names, without what all begin with.</param>
    /// <param name="prefix">What they begin with.</param>
    /// <param name="withLast">Whether the last layer is taken too.</param>
    /// <param name="withProjection">Whether what makes a sentence one vector is taken, which OpenCLIP keeps with rows and columns exchanged.</param>
    public static IEnumerable<RenamedTensor> Map(IReadOnlyCollection<string> names, string prefix, bool withLast = false,
        bool withProjection = false)
    {
        int layers = names.Select(LayerOf).Where(layer => layer is not null).Distinct().Count();
        return names.Where(name => !s_unused.Contains(name) && (withProjection || name != Projection) && (withLast || LayerOf(name) != layers - 1))
            .SelectMany(name => Renamed(name, prefix));
    }

    private static IEnumerable<RenamedTensor> Renamed(string name, string prefix)
    {
        if (name == Projection) { return [new RenamedTensor($"{Projection}.weight", prefix + name, Transposed: true)]; }
        if (LayerOf(name) is not { } layer) { return [new RenamedTensor(PathParts.Renamed(name, s_ends), prefix + name)]; }
        string part = name[(Layers.Length + $"{layer}".Length + 1)..], at = $"text_model.encoder.layers.{layer}";
        return part is "attn.in_proj_weight" or "attn.in_proj_bias"
            ? s_projections.Select((projection, i) =>
                new RenamedTensor($"{at}.self_attn.{projection}.{part[(part.LastIndexOf('_') + 1)..]}", prefix + name, i, s_projections.Length))
            : [new RenamedTensor($"{at}.{PathParts.Renamed(part, s_layer)}", prefix + name)];
    }

    private static int? LayerOf(string name) =>
        name.StartsWith(Layers, StringComparison.Ordinal)
            && int.TryParse(name[Layers.Length..].Split('.')[0], System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture,
            out int layer) && $"{layer}".Length < name.Length - Layers.Length ? layer : null;
}
