using Mcdm.Diffusion.Composition;
using Mcdm.Diffusion.Samplers;
using Mcdm.Modalities;

namespace Mcdm.Benchmarks.Results;

/// <summary>The rows of the table, those first that most hangs on.</summary>
internal static class ResultRows
{
    public const string Plain = "plain", Guided = "guided", Calibrated = "calibrated", Corrected = "particles", Both = "calibrated + particles", Joint = "joint network", Vae = "product-of-experts VAE", Themselves = "the faces themselves";

    /// <summary>All of them, in the table's order.</summary>
    public static IReadOnlyList<string> Methods { get; } = [Plain, Guided, Calibrated, Corrected, Both, Joint, Vae, Themselves];

    /// <summary>What the corrected rows are drawn from: at temperature 1, the exact weights.</summary>
    public static ParticleOptions Particles { get; } = new() { Particles = 4 };

    /// <summary>The weights of the guided rows: more than 1 where there is much noise; chosen by trials of ten steps.</summary>
    public static WeightSchedule Guidance { get; } = new([new WeightPoint(1, 1), new WeightPoint(1000, 1.5)]);

    private static readonly string[] s_fifth = ["low resolution", "text + low resolution", "sketch + low resolution", "all four"];
    private static readonly string[] s_all = [.. HeldOutFaces.Compositions.Keys.Except(s_fifth)];
    private static readonly string[] s_several = ["sketch + segment", "text + segment", "text + sketch", "all three"];
    private static readonly string[] s_asked = [.. s_all.Where(conditions => conditions != "none")];

    public static IReadOnlyList<ResultRow> All { get; } = new[]
    {
        Rows(["all three", "text", "segment", "sketch"], [Plain]),
        Rows(["all three"], [Calibrated, Joint, Vae, Themselves]),
        Rows(["all three"], [Plain, Guided, Calibrated], runs: [0, 1, 2]),
        Rows(s_several, [Plain, Calibrated]),
        Rows(s_all, [Joint, Vae]),
        Rows(["none", .. s_fifth], [Plain]),
        Rows(["all three"], [Corrected, Both], runs: [0, 1, 2]),
        Rows(s_asked, [Calibrated]),
        Rows(s_several, [Corrected, Both]),
        Rows(s_several, [Plain, Corrected], runs: [0, 1, 2]),
        Rows(s_all, [Plain], steps: [10, 50]),
        Rows(s_asked, [Calibrated], steps: [10, 50]),
        Rows(s_several, [Corrected, Both], steps: [10, 50]),
        Rows(["all three", .. s_all], [Plain], sampler: SamplerKind.Ddpm, steps: [1000], faces: 64),
        Rows(["all three"], [Calibrated, Joint], sampler: SamplerKind.Ddpm, steps: [1000], faces: 64),
        Rows(s_asked, [Calibrated], sampler: SamplerKind.Ddpm, steps: [1000], faces: 64),
        Rows(["all three", "text + sketch"], [Corrected], sampler: SamplerKind.Ddpm, steps: [1000], faces: 64),
    }.SelectMany(rows => rows).Distinct().ToList();

    /// <summary>Where a row stands among those of one sampler: by its conditions, then by its method.</summary>
    public static (int Conditions, int Method) PlaceOf(ResultRow row) =>
        (HeldOutFaces.Compositions.Keys.TakeWhile(conditions => conditions != row.Conditions).Count(), Methods.TakeWhile(method => method != row.Method).Count());

    private static IEnumerable<ResultRow> Rows(IEnumerable<string> conditions, string[] methods, SamplerKind sampler = SamplerKind.DpmSolver, int[]? steps = null, int faces = 500, int[]? runs = null) =>
        from count in steps ?? [25]
        from composition in conditions
        from method in methods
        from run in runs ?? [0]
        select new ResultRow { Conditions = composition, Method = method, Sampler = sampler, Steps = count, Faces = faces, Run = run };
}

/// <summary>Where the benchmark reads and writes.</summary>
internal sealed record ResultsOptions
{
    public required string Model { get; init; }

    /// <summary>The model with the expert that was added later.</summary>
    public string Fifth => Model + "LowResolution";

    public required string Judge { get; init; }
    public required string Data { get; init; }

    /// <summary>Folder of what has been measured: the rows in one file, and their strips.</summary>
    public required string Rows { get; init; }

    /// <summary>Calibrated weights, as JSON.</summary>
    public required string Weights { get; init; }

    /// <summary>Folder of the baselines' folders, and of the pictures of rows that are not complete.</summary>
    public required string Runs { get; init; }

    /// <summary>The Markdown page that is written.</summary>
    public string Page => Path.Combine(Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(Rows))!, "results.md");

    /// <summary>The HTML report that is written.</summary>
    public string Report => Path.ChangeExtension(Page, "html");

    /// <summary>Measure nothing.</summary>
    public required bool PageAlone { get; init; }

    /// <summary>Measure rows only whose key holds one of these; all where there are none.</summary>
    public required string[] Only { get; init; }
}
