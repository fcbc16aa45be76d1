using Mcdm.Families.Own.Files;

namespace Mcdm.Benchmarks.Results;

/// <summary>Which rows are measured, and what their page says first.</summary>
/// <param name="Name">What it is called on the command line.</param>
/// <param name="Introduction">The page's first sentences.</param>
/// <param name="Rows">The rows, in the order of measuring.</param>
internal sealed record ResultPlan(string Name, string Introduction, IReadOnlyList<ResultRow> Rows)
{
    /// <summary>The paper's experiments, as the first packs made them.</summary>
    public static ResultPlan Paper { get; } = new("paper",
        "The experiments of the MCDM paper (sections 5.1 to 5.3 and Figure 4), which it shows as pictures, in numbers. All rows are those of the first packs, of 64×64 pixels ([packs.md](packs.md) says where they lie); [faces.md](faces.md) has the rows of the embedded one.",
        ResultRows.Paper);

    /// <summary>Experts beside one network, for each set of conditions.</summary>
    public static ResultPlan Comparison { get; } = new("comparison",
        "Experts that were trained apart, each on pictures with one kind of label, composed; beside one network that was trained on pictures with all of them.", ResultRows.Comparison);

    /// <summary>How few evaluations do.</summary>
    public static ResultPlan Evaluations { get; } = new("evaluations",
        "How many evaluations a picture needs: steps of DPM-Solver++(2M), levels even in t (Mcdm's own) or in log-SNR, conditions asked at all levels or in the middle alone. Rows with a sentence are of the text expert of pack 0d14c1f5 ([packs.md](packs.md)).", ResultRows.Evaluations);

    /// <summary>Where few levels lie.</summary>
    public static ResultPlan Levels { get; } = new("levels",
        "Ten levels of DPM-Solver++(2M) from where there is a signal, close together where predictions change, beside the fifteen that were usual before.", ResultRows.Levels);

    /// <summary>What counts of what conditions say alike.</summary>
    public static ResultPlan Rules { get; } = new("rules",
        "Rules of composition: the product (12), and the rules that count once what several conditions say alike ([shared-evidence.md](shared-evidence.md)).", ResultRows.Rules);

    /// <summary>Experts of another space.</summary>
    public static ResultPlan Spaces { get; } = new("spaces",
        "Experts of the first pack, of pixels and 64×64, which steer the embedded model over the picture ([spaces.md](spaces.md)).", ResultRows.Spaces);

    public static IReadOnlyList<ResultPlan> All { get; } = [Comparison, Evaluations, Levels, Rules, Spaces, Paper];

    /// <summary>The plan without the rows of conditions that a model has no expert for.</summary>
    /// <param name="modelFolder">The model's folder.</param>
    public ResultPlan For(string modelFolder)
    {
        var known = ModelPack.ReadDescription(modelFolder).Experts.Select(expert => expert.Modality).ToHashSet();
        return this with { Rows = Rows.Where(row => HeldOutPictures.Compositions[row.Conditions].All(modality => known.Contains(modality))).ToList() };
    }
}
