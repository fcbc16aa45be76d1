using System.Collections;
using Mcdm.Modalities;
using Mcdm.PowerShell.Serialization;
using Mcdm.Tables;

namespace Mcdm.PowerShell.Binding;

/// <summary>Weights over the noise levels as people write them: <c>@{ 1 = 0.5; 1000 = 1 }</c>.</summary>
internal static class Schedules
{
    /// <summary>Reads a schedule.</summary>
    /// <exception cref="McdmException"><c>ScheduleInvalid</c>, <c>WeightNotFinite</c> or <c>WeightOutOfRange</c>.</exception>
    public static WeightSchedule Read(IDictionary weights) =>
        new(weights.Cast<DictionaryEntry>().Select(entry => new WeightPoint(Number<int>(entry.Key), Number<double>(entry.Value))));

    private static T Number<T>(object? value) => ValueText.Read(Wrapper.Without(value), typeof(T)) is T number ? number
        : throw new McdmException("ScheduleInvalid", ErrorKind.InvalidArgument,
            $"In the schedule, {ValueText.Problem(value, typeof(T)).TrimEnd('.')}; write it as @{{ 1 = 0.5; 1000 = 1 }}: noise levels on the left, weights "
            + "on the right.");
}
