using Mcdm.Weights;

namespace Mcdm.Families.Shared;

/// <summary>The strings in a safetensors file's header: what is read of them elsewhere, or only tells people something, and what nobody knows.</summary>
internal static class FileMetadata
{
    private static readonly HashSet<string> s_known = new(
        ("format prompt workflow extra_pnginfo sd_merge_models sd_merge_recipe merge_recipe description author license title tags trigger_words name date "
        + "sshs_model_hash sshs_legacy_hash total_size total_parameters "
        + "modelspec.prediction_type modelspec.predict_key modelspec.architecture modelspec.resolution modelspec.sai_model_spec modelspec.implementation "
        + "modelspec.title modelspec.description modelspec.author modelspec.date modelspec.license modelspec.usage_hint modelspec.thumbnail modelspec.tags "
        + "modelspec.merged_from modelspec.trigger_phrase modelspec.hash_sha256 modelspec.timestep_range modelspec.unet_dtype modelspec.vae_dtype "
        + "modelspec.data_format modelspec.preprocessor modelspec.is_negative_embedding modelspec.comment modelspec.version modelspec.language "
        + "lora_adapter_metadata").Split(' '), StringComparer.Ordinal);

    /// <summary>The trainer's notes of how it trained; those of them that tell what the network is are read.</summary>
    private const string Trainer = "ss_";

    /// <summary>The keys that nobody knows.</summary>
    public static IReadOnlyList<string> Unknown(IWeights file, params string[] read) => file.Metadata.Keys
        .Where(key => !s_known.Contains(key) && !read.Contains(key) && !key.StartsWith(Trainer, StringComparison.Ordinal))
        .Order(StringComparer.Ordinal).ToList();

    /// <summary>The same in a sentence; none where there is nothing to say.</summary>
    /// <param name="file">The file.</param>
    /// <param name="read">What its reader knows beside these.</param>
    public static IEnumerable<string> Warnings(IWeights file, params string[] read) => Unknown(file, read) is not { Count: > 0 } unknown ? []
        : [$"The header of '{file.Path}' says {UnreadKeys.Listed(unknown.Select(key => $"{key} '{Start(file.Metadata[key])}'"))}, which Mcdm does not know: "
            + "it is not read."];

    private static string Start(string text) => text.Length <= 40 ? text : text[..40] + "…";
}
