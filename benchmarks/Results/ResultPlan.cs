namespace Mcdm.Benchmarks.Results;

/// <summary>Which rows are measured, and what their page says first.</summary>
/// <param name="Name">What it is called on the command line.</param>
/// <param name="Introduction">The page's first sentence.</param>
/// <param name="Rows">The rows, in the order of measuring.</param>
internal sealed record ResultPlan(string Name, string Introduction, IReadOnlyList<ResultRow> Rows)
{
    /// <summary>The paper's experiments.</summary>
    public static ResultPlan Paper { get; } = new("paper",
        "The experiments of the MCDM paper (sections 5.1 to 5.3 and Figure 4), which it shows as pictures, in numbers.", ResultRows.Paper);

    /// <summary>Experts beside one network, for each set of conditions.</summary>
    public static ResultPlan Comparison { get; } = new("comparison",
        "Experts that were trained apart, each on pictures with one kind of label, composed; beside one network that was trained on pictures with all of them.", ResultRows.Comparison);

    public static IReadOnlyList<ResultPlan> All { get; } = [Paper, Comparison];
}
