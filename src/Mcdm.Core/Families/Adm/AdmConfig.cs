using Mcdm.Diffusion.Process;
using Mcdm.Diffusion.Schedules;
using Mcdm.Families.Shared;
using Mcdm.Modalities.Text;

namespace Mcdm.Families.Adm;

/// <summary>
/// What the weights of an <see cref="AdmUNet"/> do not show, as a <c>model.json</c> beside them says it: the flags of the original programs by their
/// names, and <c>family</c>;
/// what is not said has the original's value. Flags that the weights show (widths, levels, classes …) need not be there.
/// </summary>
internal static class AdmConfig
{
    /// <summary>The file's name.</summary>
    public const string FileName = "model.json";

    private const double Absent = -1;
    private const int MostSlips = 3;

    /// <summary>The flags of the original programs, and what says whose they are.</summary>
    private static readonly string[] s_flags = ("family file image_size large_size small_size num_channels num_res_blocks num_heads num_heads_upsample "
        + "num_head_channels attention_resolutions channel_mult dropout class_cond use_checkpoint use_scale_shift_norm resblock_updown use_fp16 "
        + "use_new_attention_order learn_sigma diffusion_steps noise_schedule timestep_respacing use_kl predict_xstart rescale_timesteps "
        + "rescale_learned_sigmas comment description").Split(' ');

    private static readonly Dictionary<string, AdmKind> s_families = new(StringComparer.Ordinal)
    {
        ["adm"] = AdmKind.Plain,
        ["adm-upsampler"] = AdmKind.Upsampler,
        ["unite-and-conquer-face"] = AdmKind.UniteFace,
        ["unite-and-conquer-sketch"] = AdmKind.UniteSketch,
    };

    /// <summary>Reads the options.</summary>
    /// <param name="config">The file.</param>
    /// <exception cref="McdmException">A value makes no sense, or is not implemented: its key is named.</exception>
    public static AdmOptions Read(JsonConfig config)
    {
        SupportedValues.Check(config, FileName);
        // A flag that is misspelt would leave its network another one without a word.
        if (config.Keys.FirstOrDefault(key => !key.StartsWith('_') && !s_flags.Contains(key)) is { } unknown)
        {
            string? nearest = s_flags.MinBy(flag => Spelling.Distance(flag, unknown));
            throw new McdmException("ConfigKeyUnknown", ErrorKind.InvalidData,
                $"'{config.Path}' has {config.Quoted(unknown)}, which is no flag of this family"
                + (Spelling.Distance(nearest!, unknown) <= MostSlips ? $"; '{nearest}' is." : $"; its flags are {string.Join(", ", s_flags)}."));
        }
        var family = s_families[config.Get("family", "adm")];
        bool large = config.Value("large_size") is not null;
        return new AdmOptions
        {
            Family = family,
            ImageSize = config.Get(large ? "large_size" : "image_size", 64),
            SmallSize = family == AdmKind.Upsampler ? config.Get<int?>("small_size", null) : null,
            Heads = config.Get("num_heads", 4),
            HeadChannels = Optional("num_head_channels"),
            UpsampleHeads = Optional("num_heads_upsample"),
            NewAttentionOrder = config.Get("use_new_attention_order", false),
            Steps = config.Get("diffusion_steps", 1000),
            Schedule = config.Get("noise_schedule", "linear") == "cosine" ? NoiseScheduleKind.Cosine : NoiseScheduleKind.Linear,
            Prediction = config.Get("predict_xstart", false) ? PredictionKind.Sample : PredictionKind.Noise,
            RescaleTimesteps = config.Get("rescale_timesteps", false),
        };

        int? Optional(string key) => config.Get(key, Absent) == Absent ? null : config.Get(key, 1);
    }

    /// <summary>The file of weights in a folder whose <c>model.json</c> describes one; null where that is of another program, or damaged.</summary>
    public static string? FileOf(string folder)
    {
        try
        {
            var config = JsonConfig.Read(Path.Combine(folder, FileName));
            return config.Has("family") && config.Get<string?>("file", null) is { } file ? Path.Combine(folder, Path.GetFileName(file)) : null;
        }
        catch (McdmException)
        {
            // Whoever reads it says what is wrong.
            return null;
        }
    }

    /// <summary>The options of a file of weights by the <c>model.json</c> beside it; null where there is none, or it is another file's.</summary>
    /// <param name="weights">The file of weights.</param>
    public static AdmOptions? Beside(string weights)
    {
        string path = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(weights))!, FileName);
        if (!File.Exists(path)) { return null; }
        var config = JsonConfig.Read(path);
        return config.Get<string?>("file", null) is { } file && file != Path.GetFileName(weights) ? null : Read(config);
    }
}
