using Mcdm.Sampling;

namespace Mcdm.Experts;

/// <summary>The space in which noise predictions may be added: the same tensor shape under the same noise schedule.</summary>
/// <param name="Channels">Channels of z.</param>
/// <param name="Height">Rows of z.</param>
/// <param name="Width">Columns of z.</param>
/// <param name="Schedule">Family of the noise schedule.</param>
/// <param name="Steps">Noise levels T of the schedule.</param>
public sealed record LatentSpace(int Channels, int Height, int Width, NoiseScheduleKind Schedule, int Steps)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Channels}×{Height}×{Width}, {Schedule.ToString().ToLowerInvariant()} schedule, T = {Steps}";
}
