using System.Text.Json.Serialization;
using Mcdm.Diffusion.Samplers;
using Mcdm.Diffusion.Schedules;
using Mcdm.Evaluation;

namespace Mcdm.Benchmarks.Results;

/// <summary>What made one row of the table.</summary>
internal sealed record ResultRow
{
    /// <summary>The conditions, such as "text + sketch"; a name of <see cref="HeldOutPictures.Compositions"/>.</summary>
    public required string Conditions { get; init; }

    /// <summary>Who made the pictures; a name of <see cref="ResultRows"/>.</summary>
    public required string Method { get; init; }

    /// <summary>What the sampler is called.</summary>
    public string Sampler { get; init; } = nameof(DpmSolver);

    public int Steps { get; init; } = 25;

    /// <summary>Whether the levels are even in log-SNR; null where they are even in t.</summary>
    public bool? LogSnr { get; init; }

    /// <summary>Whether the levels lie where there is a signal (<see cref="SpacingKind.Signal"/>); null where they do not.</summary>
    public bool? Signal { get; init; }

    /// <summary>So many of the first held-out pictures are asked for again.</summary>
    public int Pictures { get; init; } = 500;

    /// <summary>Which of several runs: all seeds of the pictures are others.</summary>
    public int Run { get; init; }

    /// <summary>Sampler and steps.</summary>
    [JsonIgnore]
    public SamplerOptions Sampling => new()
    {
        Sampler = Diffusion.Samplers.Sampler.Parse(Sampler),
        Steps = Steps,
        Spacing = LogSnr == true ? new StepSpacing(SpacingKind.Trailing) { LogSnr = true } : Signal == true ? new StepSpacing(SpacingKind.Signal) : null,
    };

    /// <summary>The method as tables call it.</summary>
    [JsonIgnore]
    public string MethodName => Signal == true ? $"{Method}, from the signal" : LogSnr == true ? $"{Method}, even in log-SNR" : Method;

    /// <summary>A name that no other row has: its place in the file of rows goes by it, and its strip and its claim are called so.</summary>
    [JsonIgnore]
    public string Key => string.Join('-', [Conditions, Method, Sampler, .. LogSnr == true ? new[] { "logsnr" } : Signal == true ? ["signal"] : [], $"{Steps}", $"{Pictures}", $"{Run}"])
        .ToLowerInvariant().Replace(" + ", "+").Replace(' ', '_');
}

/// <summary>A row with what was measured.</summary>
internal sealed record RowResult
{
    public required ResultRow Row { get; init; }

    /// <summary>SHA-256 of what made the pictures and of the judge: a row of others is not this table's.</summary>
    public required string Stamp { get; init; }

    public required string Precision { get; init; }

    /// <summary>Network evaluations of each picture.</summary>
    public required double Evaluations { get; init; }

    /// <summary>Time spent sampling, with whatever else ran on the machine; where several processes made the pictures, at the last one's pace.</summary>
    public required double Seconds { get; init; }

    /// <summary>What the judge saw in the pictures.</summary>
    public required SetMeasurement Measured { get; init; }

    /// <summary>Mean of the scores that the row's conditions have.</summary>
    [JsonIgnore]
    public double? Score => new[] { Measured.Text, Measured.Segment, Measured.Sketch }.Average();
}
