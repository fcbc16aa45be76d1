using System.Collections;
using Mcdm.Tables;

namespace Mcdm.Modalities;

/// <summary>A column of weights over the noise levels: a text such as <c>1=0;400=1</c>, or a hashtable.</summary>
/// <param name="name">Its name.</param>
public sealed class ScheduleColumn(string name) : ObjectColumn<WeightSchedule>(name)
{
    internal override object? Parse(object? value) => value switch
    {
        WeightSchedule => value,
        IDictionary weights => WeightSchedule.Of(weights),
        string text when !ValueText.IsEmpty(text) => WeightSchedule.Parse(text),
        _ => null,
    };

    internal override string Problem(object? value) => $"'{ValueText.Shown(value)}' is no schedule; write it as 1=0;400=1: noise level = weight.";
}
