namespace Mcdm.Training;

/// <summary>
/// The settings of a run by the names that users know them by: how they come from what is asked for, how they are told, and which of them a run that goes on
/// may be asked for otherwise. A new setting is a line here, beside its property of <see cref="TrainingOptions"/> and its parameter.
/// </summary>
public static class TrainingSettings
{
    private static readonly Setting[] s_all =
    [
        Told("Judge", options => options.Judge is not null),
        Told("Modality", options => options.Modality?.Name ?? "none"),
        Told("Expert", options => options.Name),
        Told("Autoencoder", options => options.Autoencoder is not null),
        Told("Space", options => options.Codec ?? "pixels") with { IsFixed = true },
        Told("Prediction", options => options.Prediction) with { IsFixed = true },
        Told("LossFloor", options => options.LossFloor) with { IsFixed = true },
        Told("LatentNoise", options => options.Autoencoder?.LatentNoise),
        Told("LatentChannels", options => options.Autoencoder?.Network.LatentChannels),
        Told("Factor", options => options.Autoencoder?.Network.Factor),
        Told("CropSize", options => options.Autoencoder?.CropSize),
        Told("ImageSize", options => options.ImageSize),
        Taken("Steps", options => options.Steps, (options, steps) => options with { Steps = steps }),
        Taken("BatchSize", options => options.BatchSize, (options, size) => options with { BatchSize = size }),
        Taken("LearningRate", options => options.LearningRate, (options, rate) => options with { LearningRate = rate }),
        Taken("WarmUpSteps", options => options.WarmUpSteps, (options, steps) => options with { WarmUpSteps = steps }),
        Taken("EmaDecay", options => options.EmaDecay, (options, decay) => options with { EmaDecay = decay }),
        Taken("TimestepBias", options => options.TimestepBias, (options, bias) => options with { TimestepBias = bias }),
        Taken("GradientClip", options => options.GradientClip, (options, clip) => options with { GradientClip = clip }),
        Taken("Seed", options => options.Seed, (options, seed) => options with { Seed = seed }),
        Told("Channels", options => string.Join(", ", options.Judge?.Channels ?? options.Network.Channels)),
        Told("Blocks", options => string.Join(", ", options.Judge?.Blocks ?? options.Network.Blocks)),
        Told("PatchSize", options => options.Judge?.PatchSize ?? options.Network.PatchSize),
        Told("CrossAttentionLevels", options => string.Join(", ", options.Network.CrossAttentionLevels ?? options.Network.AttentionLevels)),
        Told("Precision", options => options.BFloat16 ? "BFloat16" : "Float32"),
    ];

    /// <summary>The options with what is asked for of what all runs have alike.</summary>
    /// <param name="options">The options.</param>
    /// <param name="asked">Values by their names; others than settings may be among them.</param>
    public static TrainingOptions With(TrainingOptions options, IReadOnlyDictionary<string, object> asked) =>
        s_all.Where(setting => asked.ContainsKey(setting.Name)).Aggregate(options, (taken, setting) => setting.Take(taken, asked[setting.Name]));

    /// <summary>Compares what is asked of a run that goes on with how it was started: it keeps its settings.</summary>
    /// <param name="started">How it was started.</param>
    /// <param name="asked">How it would be started now.</param>
    /// <param name="isAsked">Whether a setting was asked for by name.</param>
    /// <returns>What is not used, in a sentence; null where all is.</returns>
    /// <exception cref="McdmException"><c>CheckpointSettings</c>: it would learn something else.</exception>
    public static string? Compare(TrainingOptions started, TrainingOptions asked, Func<string, bool> isAsked)
    {
        var unused = s_all.Where(setting => isAsked(setting.Name) && setting.Tell(asked) != setting.Tell(started)).ToList();
        var other = unused.Where(setting => setting.IsFixed).ToList();
        if (other.Count > 0)
        {
            throw new McdmException("CheckpointSettings", ErrorKind.InvalidArgument, "The run was started with " +
                string.Join(", ", other.Select(setting => $"-{setting.Name} {setting.Tell(started)}, not {setting.Tell(asked)}")) +
                "; resume it with that, or start anew with -Force.");
        }
        return unused.Count == 0 ? null : "The run goes on with the settings it was started with: " +
            string.Join(", ", unused.Select(setting => $"-{setting.Name} {setting.Tell(started)} (not {setting.Tell(asked)})")) +
            ". Start anew with -InitializeFrom to train on with others.";
    }

    /// <summary>A setting that what is trained decides on (<see cref="TrainingTarget"/>).</summary>
    private static Setting Told(string name, Func<TrainingOptions, object?> of) => new(name, options => $"{of(options)}", (options, _) => options);

    /// <summary>A setting that all runs have alike.</summary>
    private static Setting Taken<T>(string name, Func<TrainingOptions, T> of, Func<TrainingOptions, T, TrainingOptions> with) =>
        new(name, options => $"{of(options)}", (options, value) => with(options, (T)value));

    /// <param name="Name">What users call it.</param>
    /// <param name="Tell">Its value, as it would be typed.</param>
    /// <param name="Take">The options with a value of it.</param>
    private sealed record Setting(string Name, Func<TrainingOptions, string> Tell, Func<TrainingOptions, object, TrainingOptions> Take)
    {
        /// <summary>Whether a run of another value would learn something else.</summary>
        public bool IsFixed { get; init; }
    }
}
