using Mcdm.Modalities;
using Mcdm.Sampling.Jobs;
using Mcdm.Tables;

namespace Mcdm.PowerShell.Completion;

/// <summary>What completes the values of a table's columns, where they are typed as parameters.</summary>
internal static class ColumnCompleters
{
    /// <summary>The completer of a column's values; null for one without.</summary>
    public static Type? Of(Column column) =>
        column == Modality.Text.Columns.Value || column == JobColumns.NegativePrompt ? typeof(TextWords)
        : column == JobColumns.Sampler ? typeof(SamplerNames)
        : column == JobColumns.Combiner ? typeof(CombinerNames)
        : Modality.All.Any(modality => column == modality.Columns.Expert) ? typeof(ExpertNames)
        : Modality.Segment.Columns.Others.Contains(column) ? typeof(PartNames)
        : column is ValueColumn<int> or ValueColumn<long> or ValueColumn<double> or PairColumn or ScheduleColumn ? typeof(Numbers)
        : null;
}
