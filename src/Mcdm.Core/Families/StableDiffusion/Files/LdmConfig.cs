using System.Globalization;
using System.Text.RegularExpressions;
using Mcdm.Diffusion.Process;
using Mcdm.Diffusion.Schedules;
using Mcdm.Families.Shared;
using Mcdm.Files;

namespace Mcdm.Families.StableDiffusion.Files;

/// <summary>
/// The YAML that original checkpoints come with. Of its language only lines of a key and a value are read, which is all that such a file says of a
/// network's shape.
/// </summary>
internal static partial class LdmConfig
{
    private const long MaxBytes = 1 << 20;

    private static readonly HashSet<string> s_read = new(StringComparer.Ordinal)
    {
        "num_heads", "num_head_channels", "scale_factor", "parameterization", "beta_schedule", "linear_start", "linear_end", "timesteps",
        "global_average_pooling", "only_mid_control",
    };

    /// <summary>Keys whose values the weights show, or that only training reads.</summary>
    private static readonly HashSet<string> s_harmless = new(
        ("model params target base_learning_rate num_timesteps_cond log_every_t first_stage_key cond_stage_key control_key image_size "
        + "channels cond_stage_trainable conditioning_key monitor use_ema scheduler_config warm_up_steps cycle_lengths f_start f_max "
        + "f_min unet_config first_stage_config cond_stage_config control_stage_config in_channels out_channels hint_channels "
        + "model_channels attention_resolutions num_res_blocks channel_mult use_spatial_transformer transformer_depth context_dim "
        + "use_checkpoint legacy embed_dim ddconfig double_z z_channels resolution in_ch ch ch_mult out_ch attn_resolutions dropout "
        + "attn_type lossconfig use_linear_in_transformer use_fp16 freeze layer version device max_length finetune_keys concat_keys "
        + "masked_image_key concat_mode ignore_keys load_only_unet unet_trainable v_posterior original_elbo_weight l_simple_weight "
        + "sd_locked data batch_size num_workers wrap train validation lightning trainer callbacks verbosity_interval "
        + "find_unused_parameters size degradation output_size image_key").Split(' '), StringComparer.Ordinal);

    /// <summary>The file of the same name beside a checkpoint, as other programs look for it; null where there is none.</summary>
    public static string? Beside(string checkpoint)
    {
        string path = Path.ChangeExtension(checkpoint, ".yaml");
        return File.Exists(path) ? path : null;
    }

    /// <summary>What a file says of heads, prediction and scale.</summary>
    /// <exception cref="McdmException"><c>ConfigInvalid</c>: a value makes no sense, or is not implemented; <c>ConfigUnreadable</c>.</exception>
    public static SingleFileHints Read(string path)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            if (new FileInfo(path).Length > MaxBytes) { throw Invalid("it is longer than any configuration"); }
            foreach (string line in TextFile.ReadLines(path))
            {
                var match = Line().Match(line);
                // The first is the U-Net's: what follows belongs to other parts.
                if (match.Success) { values.TryAdd(match.Groups["key"].Value, match.Groups["value"].Value); }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new McdmException("ConfigUnreadable", ErrorKind.ReadFailed, $"'{path}' could not be read: {e.Message}", e);
        }
        var unread = values.Keys.Where(key => !s_read.Contains(key) && !s_harmless.Contains(key)).ToList();
        if (values.GetValueOrDefault("only_mid_control") is { } only && !IsFalse(only)) { unread.Add("only_mid_control"); }
        return new SingleFileHints
        {
            Schedule = Schedule(),
            GlobalPool = values.TryGetValue("global_average_pooling", out string? pool) ? !IsFalse(pool) : null,
            Warnings = unread.Count == 0 ? []
                : [$"'{path}' says {UnreadKeys.Listed(unread.Select(key => $"{key}: {values[key]}"))}, which Mcdm does not know: it is not read."],
            Heads = Number("num_heads") is { } heads ? [heads] : null,
            HeadChannels = Number("num_head_channels"),
            ScalingFactor = !values.TryGetValue("scale_factor", out string? scale) ? null
                : double.TryParse(scale, NumberStyles.Float, CultureInfo.InvariantCulture, out double factor) && factor > 0 && double.IsFinite(factor) ? factor
                    : throw Invalid($"scale_factor is {scale}"),
            Prediction = values.GetValueOrDefault("parameterization") switch
            {
                null => null,
                "v" => PredictionKind.Velocity,
                "eps" => PredictionKind.Noise,
                var other => throw Invalid($"parameterization is {other}, where 'v' or 'eps' belongs"),
            },
        };

        int? Number(string key) => !values.TryGetValue(key, out string? value) || value == "-1" ? null
            : int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 0 ? number : throw Invalid($"{key} is {value}");

        double? Fraction(string key) => !values.TryGetValue(key, out string? value) ? null
            : double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && number is > 0 and < 1 ? number
                : throw Invalid($"{key} is {value}");

        ScheduleDescription? Schedule()
        {
            var usual = LatentDiffusionFiles.PublishedSchedule;
            var own = new ScheduleDescription(values.GetValueOrDefault("beta_schedule", "linear") switch
            {
                // What that program calls linear is linear in √β.
                "linear" => NoiseScheduleKind.ScaledLinear,
                "sqrt_linear" => NoiseScheduleKind.Linear,
                "cosine" => NoiseScheduleKind.Cosine,
                var other => throw Invalid($"beta_schedule is {other}, where 'linear', 'sqrt_linear' or 'cosine' belongs"),
            }, Number("timesteps") ?? usual.Steps);
            if (own.Kind == NoiseScheduleKind.Cosine) { return own; }
            own = own with { BetaStart = Fraction("linear_start") ?? usual.BetaStart, BetaEnd = Fraction("linear_end") ?? usual.BetaEnd };
            return own == usual ? null : own;
        }

        McdmException Invalid(string problem) => new("ConfigInvalid", ErrorKind.InvalidData, $"'{path}' does not describe a checkpoint: {problem}.");
    }

    private static bool IsFalse(string value) => value is "False" or "false" or "no" or "0" or "null" or "None";

    [GeneratedRegex("""^\s*(?<key>[a-z_]+):\s*["']?(?<value>[^"'#\s]+)["']?\s*(#.*)?$""")]
    private static partial Regex Line();
}
