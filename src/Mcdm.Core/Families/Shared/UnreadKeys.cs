using System.Text.Json;

namespace Mcdm.Families.Shared;

/// <summary>
/// What a configuration says and nobody read: a key is read, or known to be harmless, or told. Keys that begin with an underscore are the program's notes to
/// itself, and null asks for nothing.
/// </summary>
internal static class UnreadKeys
{
    private const int MostNamed = 5;

    /// <summary>Keys that do not change what a network computes, by what they are of; classes of networks, and names of files.</summary>
    private static readonly (string Of, string Keys)[] s_harmless =
    [
        // Where attention is computed more finely, how training averages its weights, how its dropout was.
        ("UNet2DConditionModel ControlNetModel ControlNetUnionModel UNet2DModel", "upcast_attention dropout sample_size decay inv_gamma min_decay "
            + "optimization_step power update_after_step use_ema_warmup"),
        // What another embedding would be, were there one.
        ("UNet2DConditionModel ControlNetModel ControlNetUnionModel", "addition_embed_type_num_heads"),
        // Each of a Union's tokens sees itself alone, so that heads do not matter; its widths follow from the others.
        ("ControlNetUnionModel", "num_trans_head num_trans_channel num_proj_channel"),
        ("UNet2DModel", "num_train_timesteps"),
        // Half precision's concern: what it cannot hold is computed in float32 here, or in bfloat16, which holds it.
        ("AutoencoderKL", "sample_size force_upcast"),
        ("CLIPTextModel CLIPVisionModelWithProjection", "attention_dropout dropout bos_token_id eos_token_id pad_token_id initializer_factor initializer_range "
            + "projection_dim logit_scale_init_value torch_dtype dtype transformers_version return_dict output_attentions "
            + "output_hidden_states use_cache gradient_checkpointing add_cross_attention bad_words_ids begin_suppress_tokens "
            + "chunk_size_feed_forward cross_attention_hidden_size decoder_start_token_id diversity_penalty do_sample "
            + "early_stopping encoder_no_repeat_ngram_size exponential_decay_length_penalty finetuning_task "
            + "forced_bos_token_id forced_eos_token_id id2label label2id is_decoder is_encoder_decoder length_penalty "
            + "max_length min_length no_repeat_ngram_size num_beam_groups num_beams num_return_sequences output_scores prefix "
            + "problem_type pruned_heads remove_invalid_values repetition_penalty return_dict_in_generate sep_token_id "
            + "suppress_tokens task_specific_params temperature tf_legacy_loss tie_encoder_decoder tie_word_embeddings "
            + "tokenizer_class top_k top_p torchscript typical_p use_bfloat16"),
        ("tokenizer_config.json", "add_prefix_space do_lower_case errors tokenizer_class bos_token eos_token unk_token pad_token name_or_path "
            + "special_tokens_map_file tokenizer_file clean_up_tokenization_spaces backend use_fast processor_class "
            + "padding_side truncation_side additional_special_tokens extra_special_tokens is_local local_files_only "
            + "model_input_names"),
        ("special_tokens_map.json", "bos_token eos_token unk_token additional_special_tokens"),
        // What judges pictures and what it reads; what only programs for pictures as inputs have.
        ("model_index.json", "safety_checker feature_extractor image_encoder requires_safety_checker unet vae text_encoder tokenizer scheduler controlnet"),
        // Of what is off, and of samplers that files were written for before.
        ("scheduler", "clip_sample clip_sample_range dynamic_thresholding_ratio sample_max_value skip_prk_steps set_alpha_to_one "
            + "steps_offset timestep_spacing variance_type flow_shift use_dynamic_shifting time_shift_type beta_start "
            + "beta_end beta_schedule num_train_timesteps interpolation_type use_karras_sigmas lower_order_final "
            + "euler_at_final solver_order solver_type algorithm_type predict_x0 solver_p disable_corrector use_lu_lambdas "
            + "use_exponential_sigmas use_beta_sigmas use_flow_sigmas lambda_min_clipped final_sigmas_type timestep_type "
            + "rescale_betas_zero_snr thresholding"),
    ];

    private static readonly Dictionary<string, HashSet<string>> s_known = s_harmless
        .SelectMany(row => row.Of.Split(' ').SelectMany(of => row.Keys.Split(' ').Select(key => (of, key))))
        .GroupBy(pair => pair.of, pair => pair.key).ToDictionary(keys => keys.Key, keys => keys.ToHashSet(StringComparer.Ordinal), StringComparer.Ordinal);

    /// <summary>The keys of a configuration that nobody read and that may matter.</summary>
    /// <param name="config">The configuration, which was read.</param>
    /// <param name="of">The class of the network, or the name of the file.</param>
    public static IReadOnlyList<string> Of(JsonConfig config, string of) => config.Unread
        .Where(key => !key.StartsWith('_') && s_known.GetValueOrDefault(of)?.Contains(key) != true)
        .Where(key => config.Value(key) is { } value && !IsNothing(value)).ToList();

    /// <summary>The same in a sentence; none where there is nothing to say.</summary>
    public static IEnumerable<string> Warnings(JsonConfig config, string of) => Of(config, of) is not { Count: > 0 } unread ? []
        : [$"'{config.Path}' says {Listed(unread.Select(config.Quoted))}, which Mcdm does not know: it is not read."];

    /// <summary>The first few of a list, and how many more there are.</summary>
    public static string Listed(IEnumerable<string> items)
    {
        var all = items.ToList();
        return string.Join(", ", all.Take(MostNamed)) + (all.Count > MostNamed ? $" and {all.Count - MostNamed} more" : "");
    }

    /// <summary>A part of a pipeline that is not there is a list of nulls.</summary>
    private static bool IsNothing(JsonElement value) => value.ValueKind is JsonValueKind.Null
        || (value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(IsNothing))
        || (value.ValueKind == JsonValueKind.Object && !value.EnumerateObject().Any());
}
