using static System.FormattableString;

namespace Mcdm.Diffusion.Schedules;

/// <summary>All that a noise schedule is made from; equal by value.</summary>
/// <param name="Kind">Family of the schedule.</param>
/// <param name="Steps">Noise levels T.</param>
public sealed record ScheduleDescription(NoiseScheduleKind Kind, int Steps)
{
    /// <summary>β_1 before what <see cref="ZeroTerminalSnr"/> does; null for the family's own.</summary>
    public double? BetaStart { get; init; }

    /// <summary>β_T before what <see cref="ZeroTerminalSnr"/> does; null for the family's own.</summary>
    public double? BetaEnd { get; init; }

    /// <summary>β_1…β_T where they are given; null for all other families.</summary>
    public IReadOnlyList<double>? Betas { get; init; }

    /// <summary>Whether √ᾱ is shifted and scaled until ᾱ_T = 0 (Lin et al. 2024, algorithm 1).</summary>
    public bool ZeroTerminalSnr { get; init; }

    /// <summary>Given β.</summary>
    /// <param name="betas">β_1…β_T.</param>
    public static ScheduleDescription OfBetas(IReadOnlyList<double> betas) => new(NoiseScheduleKind.Given, betas.Count) { Betas = betas };

    /// <inheritdoc/>
    public bool Equals(ScheduleDescription? other) => other is not null && Kind == other.Kind && Steps == other.Steps && BetaStart == other.BetaStart
        && BetaEnd == other.BetaEnd
        && ZeroTerminalSnr == other.ZeroTerminalSnr && (Betas is null ? other.Betas is null : other.Betas is not null && Betas.SequenceEqual(other.Betas));

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Kind, Steps, BetaStart, BetaEnd, ZeroTerminalSnr, Betas?.Count > 0 ? Betas[^1] : 0);

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Name}{(BetaStart is { } start ? Invariant($" {start:0.######}") : "")}{(BetaEnd is { } end ? Invariant($"…{end:0.######}") : "")} schedule"
            + Invariant($"{(ZeroTerminalSnr ? " with ᾱ_T = 0" : "")}, T = {Steps}");

    private string Name => Kind == NoiseScheduleKind.ScaledLinear ? "scaled linear" : Kind.ToString().ToLowerInvariant();
}
