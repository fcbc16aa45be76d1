using System.Runtime.CompilerServices;
using Mcdm.Experts;
using Mcdm.Runtime;

namespace Mcdm.Sampling;

/// <summary>
/// How long pictures of a model are likely to take: by what its last batch took in this process, whatever its size and conditions, or else by how fast its
/// device multiplies matrices.
/// </summary>
internal static class SamplingTime
{
    /// <summary>The share of a device's speed that networks reach: between their products they normalise, activate and copy.</summary>
    private const double Reached = 0.5;

    /// <summary>Seconds a multiplication.</summary>
    private static readonly ConditionalWeakTable<Model, object> s_seen = [];

    /// <summary>Remembers what a batch took.</summary>
    /// <param name="model">The model.</param>
    /// <param name="multiplications">Multiplications of the batch (<see cref="PreparedRequest.Multiplications"/>).</param>
    /// <param name="duration">The time it took.</param>
    public static void Saw(Model model, double multiplications, TimeSpan duration)
    {
        if (multiplications > 0) { s_seen.AddOrUpdate(model, duration.TotalSeconds / multiplications); }
    }

    /// <summary>The likely time.</summary>
    /// <param name="model">The model.</param>
    /// <param name="multiplications">Multiplications of the pictures.</param>
    public static TimeSpan Of(Model model, double multiplications)
    {
        double each = s_seen.TryGetValue(model, out object? seen) ? (double)seen : 1 / (Reached * MatrixSpeed.Of(model.Device, model.Experts[0].Precision));
        return TimeSpan.FromSeconds(Math.Min(multiplications * each, TimeSpan.MaxValue.TotalSeconds / 2));
    }
}
