using System.Text.Json;
using Mcdm.Diffusion.Process;
using Mcdm.Diffusion.Samplers;
using Mcdm.Diffusion.Schedules;

namespace Mcdm.Families.Shared;

/// <summary>What a <c>scheduler_config.json</c> of diffusers says: the noise schedule, what the network predicts, and how pictures are sampled.</summary>
/// <param name="Schedule">The noise schedule.</param>
/// <param name="Prediction">What the network predicts.</param>
/// <param name="Sampling">The sampler, but not the number of steps.</param>
/// <param name="Notes">In a sentence each, what is done otherwise than the file says.</param>
internal sealed record SchedulerConfig(ScheduleDescription Schedule, PredictionKind Prediction, SamplerOptions Sampling, IReadOnlyList<string> Notes)
{
    public const string FileName = "scheduler_config.json";

    /// <summary>Steps of a run where none are asked for: no configuration says how many.</summary>
    internal const int UsualSteps = SamplerOptions.StepsOfOthers;

    private const int MostLevels = 100_000;

    /// <summary>What the file says and is not obeyed though it may matter, in a sentence each.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Schedulers that follow the same equation as the sampler that takes their place, only by other steps.</summary>
    private static readonly HashSet<string> s_same = new(StringComparer.Ordinal)
    {
        "DPMSolverSDEScheduler", "IPNDMScheduler", "SASolverScheduler", "DDPMParallelScheduler", "DDIMParallelScheduler", "DDIMInverseScheduler",
        "DPMSolverMultistepInverseScheduler",
    };

    /// <summary>Reads the file.</summary>
    /// <exception cref="McdmException">
    /// As <see cref="JsonConfig.Read"/>; <c>ConfigInvalid</c> or <c>ConfigUnsupported</c>: a key's value makes no sense, or is not implemented.
    /// </exception>
    /// <param name="path">The file.</param>
    /// <param name="published">The schedule of all published models of the family, where the file is of another kind of process and has none.</param>
    public static SchedulerConfig Read(string path, ScheduleDescription? published = null) => Read(JsonConfig.Read(path), published);

    /// <summary>Understands such a file.</summary>
    /// <inheritdoc cref="Read(string, ScheduleDescription?)" path="/exception"/>
    public static SchedulerConfig Read(JsonConfig config, ScheduleDescription? published = null)
    {
        var (notes, warnings) = (new List<string>(), new List<string>());
        var prediction = PredictionOf(config);
        bool flows = IsFlow(config);
        var schedule = flows && published is not null && !s_betas.Any(config.Has) ? published : ScheduleOf(config);
        if (schedule.ZeroTerminalSnr && prediction == PredictionKind.Noise)
        {
            throw config.Unsupported("rescale_betas_zero_snr", "only false where noise is predicted, which says nothing of the picture at the last level then");
        }
        if (flows)
        {
            string shift = config.Value("shift") is { } value ? $", shift {value}" : "";
            warnings.Add($"'{config.Path}' is of flow matching ({config.ClassName}{shift}), but the network is one that "
                + $"predicts noise: its levels are not read, and the process is that of the {schedule}. If it was trained by flow matching, its pictures "
                + "will be wrong.");
        }
        var sampling = config.ClassName switch
        {
            "DDIMScheduler" => Ddim(config),
            "DDPMScheduler" => Ddpm(config, notes),
            "DPMSolverMultistepScheduler" => DpmSolver(config, notes),
            "EulerDiscreteScheduler" => Euler(config, new Euler(), notes),
            "EulerAncestralDiscreteScheduler" => Euler(config, new EulerAncestral(), notes),
            "HeunDiscreteScheduler" => Euler(config, new Heun(), notes),
            "KDPM2DiscreteScheduler" => Euler(config, new Dpm2(), notes),
            "KDPM2AncestralDiscreteScheduler" => Euler(config, new Dpm2Ancestral(), notes),
            "LMSDiscreteScheduler" => Euler(config, new Lms(), notes),
            "PNDMScheduler" => Pndm(config, notes),
            "UniPCMultistepScheduler" => UniPc(config, notes),
            "DEISMultistepScheduler" => Deis(config, notes),
            "DPMSolverSinglestepScheduler" => Singlestep(config, notes),
            "LCMScheduler" => Distilled(config, new Lcm(OriginalSteps(config), config.Get("timestep_scaling", 10.0))),
            "TCDScheduler" => Distilled(config, new Tcd(OriginalSteps: OriginalSteps(config))),
            var name => Other(config, name, name is null || s_same.Contains(name) || flows ? notes : warnings),
        };
        sampling = sampling with { Steps = sampling.Sampler.UsualSteps ?? UsualSteps };
        warnings.AddRange(UnreadKeys.Warnings(config, "scheduler"));
        return new SchedulerConfig(schedule, prediction, sampling, notes) { Warnings = warnings };
    }

    private static readonly string[] s_betas = ["beta_start", "beta_end", "beta_schedule", "trained_betas"];

    private static bool IsFlow(JsonConfig config) => config.ClassName?.Contains("FlowMatch", StringComparison.Ordinal) == true
        || config.Get("use_flow_sigmas", false);

    private static ScheduleDescription ScheduleOf(JsonConfig config)
    {
        bool zero = config.Get("rescale_betas_zero_snr", false);
        if (config.Get<IReadOnlyList<double>>("trained_betas", []) is { Count: > 0 } betas)
        {
            return Checked(ScheduleDescription.OfBetas(betas) with { ZeroTerminalSnr = zero }, config, "trained_betas");
        }
        int steps = config.Get("num_train_timesteps", 1000);
        if (steps > MostLevels) { throw config.Unsupported("num_train_timesteps", $"at most {MostLevels}"); }
        var kind = config.Get("beta_schedule", "linear") switch
        {
            "linear" => NoiseScheduleKind.Linear,
            "scaled_linear" => NoiseScheduleKind.ScaledLinear,
            "squaredcos_cap_v2" => NoiseScheduleKind.Cosine,
            "sigmoid" => NoiseScheduleKind.Sigmoid,
            _ => throw config.Unsupported("beta_schedule", "linear, scaled_linear, squaredcos_cap_v2 and sigmoid"),
        };
        var schedule = new ScheduleDescription(kind, steps) { ZeroTerminalSnr = zero };
        if (kind != NoiseScheduleKind.Cosine)
        {
            schedule = schedule with { BetaStart = config.Get("beta_start", 1e-4), BetaEnd = config.Get("beta_end", 0.02) };
        }
        return Checked(schedule, config, "beta_end");
    }

    private static ScheduleDescription Checked(ScheduleDescription schedule, JsonConfig config, string key)
    {
        try
        {
            NoiseSchedule.Create(schedule);
            return schedule;
        }
        catch (McdmException e)
        {
            throw new McdmException("ConfigInvalid", ErrorKind.InvalidData, $"'{config.Path}' describes no noise schedule (\"{key}\"): {e.Message}", e);
        }
    }

    private static PredictionKind PredictionOf(JsonConfig config) => config.Get("prediction_type", "epsilon") switch
    {
        "epsilon" => PredictionKind.Noise,
        "v_prediction" => PredictionKind.Velocity,
        "sample" => PredictionKind.Sample,
        _ => throw config.Unsupported("prediction_type", "epsilon, v_prediction and sample"),
    };

    private static StepSpacing SpacingOf(JsonConfig config, string usual, bool endsAtFirst = false) => new(config.Get("timestep_spacing", usual) switch
    {
        "trailing" => SpacingKind.Trailing,
        "leading" => SpacingKind.Leading,
        "linspace" => SpacingKind.Linspace,
        _ => throw config.Unsupported("timestep_spacing", "trailing, leading and linspace"),
    })
    {
        Offset = (int)config.Get("steps_offset", 0u),
        EndsAtFirst = endsAtFirst,
        Karras = config.Get("use_karras_sigmas", false),
        LogSnr = config.Get("use_exponential_sigmas", false) || config.Get("use_lu_lambdas", false),
        Beta = config.Get("use_beta_sigmas", false),
        CutsOff = config.Get("use_exponential_sigmas", false) || config.Get("use_beta_sigmas", false),
    };

    private static SamplerOptions Ddim(JsonConfig config) => Clipping(config, new SamplerOptions
    {
        Sampler = new Ddim(),
        KeepNoise = true,
        Spacing = SpacingOf(config, "leading", endsAtFirst: !config.Get("set_alpha_to_one", true)),
    });

    private static SamplerOptions Ddpm(JsonConfig config, List<string> notes)
    {
        string variance = config.Get("variance_type", "fixed_small");
        if (variance is not ("fixed_small" or "fixed_large"))
        {
            notes.Add($"variance_type is '{variance}'; the sampler Ddpm takes 'fixed_small' in its place.");
        }
        return Clipping(config, new SamplerOptions
        {
            Sampler = new Ddpm(PosteriorVariance: variance != "fixed_large", NoiseAtEnd: true),
            KeepNoise = true,
            Spacing = SpacingOf(config, "leading"),
        });
    }

    private static SamplerOptions DpmSolver(JsonConfig config, List<string> notes)
    {
        int order = OrderOf(config, notes);
        string kind = config.Get("algorithm_type", "dpmsolver++");
        bool first = order == 1, late = !config.Get("lower_order_final", true), isSde = kind == "sde-dpmsolver++";
        var sampler = (order, isSde) switch
        {
            (3, true) => new DpmSolver3Sde(false, late) { AsDiffusers = true },
            (3, false) => new DpmSolver3(false, late),
            (_, true) => new DpmSolverSde(first, late),
            _ => new DpmSolver(first, late),
        } with { HeunType = IsHeun(config, notes, order), FirstOrderEnd = config.Get("euler_at_final", false), FollowsNoise = kind == "dpmsolver" };
        if (!isSde && kind != "dpmsolver") { Note(config, notes, sampler, ("algorithm_type", "dpmsolver++")); }
        NoteFlags(config, notes, sampler, "use_flow_sigmas");
        if (config.Value("lambda_min_clipped") is { ValueKind: JsonValueKind.Number } clipped)
        {
            notes.Add($"lambda_min_clipped is {clipped}; the sampler DpmSolver begins at the level that its spacing gives.");
        }
        return Stepping(config, sampler, EndsAtFirst(config));
    }

    private static SamplerOptions Stepping(JsonConfig config, Sampler sampler, bool endsAtFirst) =>
        Thresholding(config, new SamplerOptions { Sampler = sampler, ClipDenoised = false, Spacing = SpacingOf(config, "linspace", endsAtFirst) });

    /// <summary>The order of a multistep method.</summary>
    private static int OrderOf(JsonConfig config, List<string> notes)
    {
        int order = config.Get("solver_order", 2);
        if (order is >= 1 and <= 3) { return order; }
        notes.Add($"solver_order is {order}; 2 is taken in its place.");
        return 2;
    }

    /// <summary>Whether two guesses are joined by a line; with three, and with one, both kinds are the same.</summary>
    private static bool IsHeun(JsonConfig config, List<string> notes, int order)
    {
        string type = config.Get("solver_type", "midpoint");
        // What other programs read as their usual one.
        if (type is not ("midpoint" or "heun" or "logrho" or "bh1" or "bh2")) { notes.Add($"solver_type is '{type}'; 'midpoint' is taken in its place."); }
        return type == "heun" && order > 1;
    }

    private static SamplerOptions Singlestep(JsonConfig config, List<string> notes)
    {
        int order = OrderOf(config, notes);
        var sampler = new DpmSolver2S(IsHeun(config, notes, order)) { SecondOrderEnd = !config.Get("lower_order_final", false) };
        if (order != 2) { notes.Add($"solver_order is {order}; the sampler {sampler} is of order 2."); }
        Note(config, notes, sampler, ("algorithm_type", "dpmsolver++"));
        return Stepping(config, sampler, EndsAtFirst(config));
    }

    private static SamplerOptions UniPc(JsonConfig config, List<string> notes)
    {
        var sampler = new UniPc(OrderOf(config, notes), !config.Get("lower_order_final", true))
        {
            PlainB = config.Get("solver_type", "bh2") == "bh1",
            FollowsNoise = !config.Get("predict_x0", true),
        };
        if (config.Value("disable_corrector") is { ValueKind: JsonValueKind.Array } without && without.GetArrayLength() > 0)
        {
            notes.Add($"disable_corrector is {without}; the sampler {sampler} corrects all steps.");
        }
        NoteFlags(config, notes, sampler, "use_flow_sigmas");
        return Stepping(config, sampler, EndsAtFirst(config));
    }

    private static SamplerOptions Deis(JsonConfig config, List<string> notes)
    {
        var sampler = new Deis(OrderOf(config, notes), !config.Get("lower_order_final", true));
        NoteFlags(config, notes, sampler, "use_flow_sigmas");
        return Stepping(config, sampler, endsAtFirst: true);
    }

    private static SamplerOptions Pndm(JsonConfig config, List<string> notes)
    {
        // Stable Diffusion's own says true; PRK steps are another method's beginning.
        if (!config.Get("skip_prk_steps", false)) { notes.Add("skip_prk_steps is false; the sampler Pndm begins without Runge-Kutta steps."); }
        return new SamplerOptions
        {
            Sampler = new Pndm(), ClipDenoised = false, Spacing = SpacingOf(config, "leading", endsAtFirst: !config.Get("set_alpha_to_one", false)),
        };
    }

    private static SamplerOptions Euler(JsonConfig config, Sampler sampler, List<string> notes)
    {
        Note(config, notes, sampler, ("interpolation_type", "linear"), ("timestep_type", "discrete"));
        return new SamplerOptions { Sampler = sampler, ClipDenoised = false, Spacing = SpacingOf(config, "linspace", EndsAtFirst(config)) };
    }

    private static int OriginalSteps(JsonConfig config) => config.Get("original_inference_steps", 50);

    private static SamplerOptions Distilled(JsonConfig config, ConsistencySampler sampler) =>
        Clipping(config, new SamplerOptions { Sampler = sampler }, clips: false);

    private static SamplerOptions Other(JsonConfig config, string? name, List<string> notes)
    {
        notes.Add($"{(name is null ? "The scheduler has no name" : $"The scheduler is {name}, which Mcdm does not have")}: "
            + $"β, spacing and offset are its own, and the sampler is Mcdm's {nameof(DpmSolver)}.");
        return Clipping(config, new SamplerOptions { Spacing = SpacingOf(config, "leading") with { Karras = false } }, clips: false);
    }

    private static bool EndsAtFirst(JsonConfig config) => config.Get("final_sigmas_type", "zero") switch
    {
        "zero" => false,
        "sigma_min" => true,
        _ => throw config.Unsupported("final_sigmas_type", "zero and sigma_min"),
    };

    private static SamplerOptions Clipping(JsonConfig config, SamplerOptions options, bool clips = true)
    {
        bool clip = config.Get("clip_sample", clips);
        if (clip) { SupportedValues.Check(config, "clip_sample"); }
        return Thresholding(config, options with { ClipDenoised = clip });
    }

    private static SamplerOptions Thresholding(JsonConfig config, SamplerOptions options) => config.Get("thresholding", false)
        ? options with { ClipDenoised = false,
            Threshold = new DynamicThreshold(config.Get("dynamic_thresholding_ratio", 0.995), config.Get("sample_max_value", 1.0)) }
        : options;

    private static void Note(JsonConfig config, List<string> notes, Sampler sampler, params (string Key, string Known)[] values)
    {
        foreach (var (key, known) in values)
        {
            string value = config.Get(key, known);
            if (value != known) { notes.Add($"{key} is '{value}'; the sampler {sampler} takes '{known}' in its place."); }
        }
    }

    private static void NoteFlags(JsonConfig config, List<string> notes, Sampler sampler, params string[] flags)
    {
        foreach (string flag in flags)
        {
            if (config.Get(flag, false)) { notes.Add($"{flag} is true; the sampler {sampler} does without."); }
        }
    }
}
