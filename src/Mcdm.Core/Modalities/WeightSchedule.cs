using System.Collections;
using Mcdm.Tables;
using static System.FormattableString;

namespace Mcdm.Modalities;

/// <summary>A weight at one noise level.</summary>
/// <param name="Level">Noise level t, 1…T.</param>
/// <param name="Weight">The weight there.</param>
public sealed record WeightPoint(int Level, double Weight);

/// <summary>A weight over the noise levels: linear between the levels that are given, constant beyond the first and the last.</summary>
public sealed class WeightSchedule
{
    /// <param name="points">At least one, in any order.</param>
    /// <exception cref="McdmException">
    /// <c>ScheduleInvalid</c>: none, a level under 1 or given twice; <c>WeightNotFinite</c> or <c>WeightOutOfRange</c>.
    /// </exception>
    public WeightSchedule(IEnumerable<WeightPoint> points)
    {
        Points = points.OrderBy(point => point.Level).ToList();
        if (Points.Count == 0)
        {
            throw new McdmException("ScheduleInvalid", ErrorKind.InvalidArgument,
                "The schedule of a weight is empty; give its value at one noise level or more, such as @{ 1 = 0.5; 1000 = 1 }.");
        }
        if (Points[0].Level < 1)
        {
            throw new McdmException("ScheduleInvalid", ErrorKind.InvalidArgument,
                $"The schedule of a weight names noise level {Points[0].Level}; "
                + "levels go from 1 (hardly any noise) to the model's last, which is noise alone.");
        }
        if (Points.Zip(Points.Skip(1)).FirstOrDefault(pair => pair.First.Level == pair.Second.Level) is ({ } twice, _))
        {
            throw new McdmException("ScheduleInvalid", ErrorKind.InvalidArgument,
                $"The schedule of a weight names noise level {twice.Level} twice; give each level one weight.");
        }
        foreach (var point in Points) { Condition.RequireWeight(point.Weight); }
    }

    /// <summary>The schedule that a hashtable says: noise levels are its keys.</summary>
    /// <exception cref="McdmException"><c>ScheduleInvalid</c>, <c>WeightNotFinite</c> or <c>WeightOutOfRange</c>.</exception>
    public static WeightSchedule Of(IDictionary weights) =>
        new(weights.Cast<DictionaryEntry>().Select(entry => new WeightPoint(Number<int>(entry.Key), Number<double>(entry.Value))));

    /// <summary>The schedule that a text says, such as <c>1=0;400=1</c>.</summary>
    /// <exception cref="McdmException"><c>ScheduleInvalid</c>, <c>WeightNotFinite</c> or <c>WeightOutOfRange</c>.</exception>
    public static WeightSchedule Parse(string text) => new(
        from point in text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        let parts = point.Split('=', StringSplitOptions.TrimEntries)
        select parts is [var level, var weight] ? new WeightPoint(Number<int>(level), Number<double>(weight))
            : throw Unread($"'{point}' is no level = weight"));

    private static T Number<T>(object? value) where T : struct =>
        ValueText.Read(value, typeof(T)) is T number ? number : throw Unread(ValueText.Problem(value, typeof(T)).TrimEnd('.'));

    private static McdmException Unread(string problem) => new("ScheduleInvalid", ErrorKind.InvalidArgument,
        $"In the schedule, {problem}; write it as @{{ 1 = 0.5; 1000 = 1 }}, or in a cell as 1=0.5;1000=1: noise levels on the left, weights on the right.");

    /// <summary>The levels that are given, rising.</summary>
    public IReadOnlyList<WeightPoint> Points { get; }

    /// <summary>The weight at a noise level.</summary>
    public double At(double level)
    {
        int next = 0;
        while (next < Points.Count && Points[next].Level < level) { next++; }
        if (next == 0) { return Points[0].Weight; }
        if (next == Points.Count) { return Points[^1].Weight; }
        var (from, to) = (Points[next - 1], Points[next]);
        return from.Weight + (to.Weight - from.Weight) * (level - from.Level) / (to.Level - from.Level);
    }

    /// <summary>The schedule as a cell of a table has it: <see cref="Parse"/> reads it.</summary>
    public string ToCell() => string.Join(';', Points.Select(point => Invariant($"{point.Level}={point.Weight:R}")));

    /// <inheritdoc/>
    public override string ToString() => string.Join(", ", Points.Select(point => Invariant($"{point.Level}: {point.Weight:0.###}")));
}
