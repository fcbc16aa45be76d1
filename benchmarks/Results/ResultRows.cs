using Mcdm.Diffusion.Composition;
using Mcdm.Diffusion.Samplers;
using Mcdm.Experts;
using Mcdm.Modalities;

namespace Mcdm.Benchmarks.Results;

/// <summary>The rows of the tables.</summary>
internal static class ResultRows
{
    public const string Plain = "plain", Middle = "middle", Guided = "guided", Opening = "guided at first", Projected = "projection", Eased = "projection eased by 400", EasedSooner = "projection eased by 1500", Weighed = "precision", Corrected = "particles",
        Joint = "joint network", Vae = "product-of-experts VAE", Themselves = "the pictures themselves",
        Crossed = "over a bridge", SentenceCrossed = "the sentence over a bridge", SketchCrossed = "the sketch over a bridge";

    /// <summary>Methods whose conditions, some or all, another model's experts read over a bridge.</summary>
    public static IReadOnlyDictionary<string, Crossing> Crossings { get; } = new Dictionary<string, Crossing>
    {
        [Crossed] = new(null, new BridgeOptions()),
        [Crossed + ", not corrected"] = new(null, new BridgeOptions { Corrections = 0 }),
        [Crossed + ", strength 2"] = new(null, new BridgeOptions { Strength = 2 }),
        [Crossed + ", 2 nats, strength 2"] = new(null, new BridgeOptions { MoreNoise = 2, Strength = 2 }),
        [Crossed + ", 2 nats, strength 2, from the middle on nothing"] = new(null, new BridgeOptions { MoreNoise = 2, Strength = 2, End = -1 }),
        [Crossed + ", to the end"] = new(null, new BridgeOptions { End = 100 }),
        [SentenceCrossed] = new([Modality.Text], new BridgeOptions()),
        [SketchCrossed] = new([Modality.Sketch], new BridgeOptions()),
    };

    /// <summary>All of them, in the table's order.</summary>
    public static IReadOnlyList<string> Methods { get; } =
        [Plain, Projected, Eased, EasedSooner, Weighed, Middle, Guided, Opening, Corrected, .. Crossings.Keys, Joint, Vae, Themselves];

    /// <summary>What the corrected rows are drawn from: at temperature 1, the exact weights.</summary>
    public static ParticleOptions Particles { get; } = new() { Particles = 4 };

    /// <summary>The weights of the guided rows: more than 1 where there is much noise; chosen by trials of ten steps.</summary>
    public static WeightSchedule Guidance { get; } = new([new WeightPoint(1, 1), new WeightPoint(1000, 1.5)]);

    /// <summary>The weights of the middle rows: 1 where Kynkäänniemi et al. 2024 guide (σ from 0.28 to 5.42, in the cosine schedule), else 0.</summary>
    public static WeightSchedule MiddleAlone { get; } = new([new WeightPoint(174, 0), new WeightPoint(175, 1), new WeightPoint(884, 1), new WeightPoint(885, 0)]);

    /// <summary>The weights of a lone sentence where it is settled what it says: 3 in the first third of t, then 1.</summary>
    public static WeightSchedule OpeningGuidance { get; } = new([new WeightPoint(666, 1), new WeightPoint(667, 3)]);

    private static readonly string[] s_rules = [Plain, Projected, Eased, EasedSooner, Weighed];
    private static readonly string[] s_fifth = ["low resolution", "text + low resolution", "sketch + low resolution", "all four"];
    private static readonly string[] s_mixed = [.. HeldOutPictures.Compositions.Keys.Where(name => name.Contains(HeldOutPictures.OfAnother, StringComparison.Ordinal))];
    private static readonly string[] s_all = [.. HeldOutPictures.Compositions.Keys.Except(s_fifth).Except(s_mixed)];
    private static readonly string[] s_pairs = ["sketch + segment", "text + segment", "text + sketch"];
    private static readonly string[] s_several = [.. s_pairs, "all three"];

    /// <summary>The paper's experiments, those first that most hangs on.</summary>
    public static IReadOnlyList<ResultRow> Paper { get; } = new[]
    {
        Rows(["all three", "text", "segment", "sketch"], [Plain]),
        Rows(["all three"], [Joint, Vae, Themselves]),
        Rows(["all three"], [Plain, Guided], runs: [0, 1, 2]),
        Rows(s_several, [Plain]),
        Rows(s_all, [Joint, Vae]),
        Rows(["none", .. s_fifth], [Plain]),
        Rows(["all three"], [Corrected], runs: [0, 1, 2]),
        Rows(s_several, [Corrected]),
        Rows(s_several, [Plain, Corrected], runs: [0, 1, 2]),
        Rows(s_all, [Plain], steps: [10, 50]),
        Rows(s_several, [Corrected], steps: [10, 50]),
        Rows(["all three", .. s_all], [Plain], sampler: nameof(Ddpm), steps: [1000], pictures: 64),
        Rows(["all three"], [Joint], sampler: nameof(Ddpm), steps: [1000], pictures: 64),
        Rows(["all three", "text + sketch"], [Corrected], sampler: nameof(Ddpm), steps: [1000], pictures: 64),
    }.SelectMany(rows => rows).Distinct().ToList();

    /// <summary>Every set of conditions once from the experts and once from the network that was trained on all of them.</summary>
    public static IReadOnlyList<ResultRow> Comparison { get; } =
        [.. Rows(["all three"], [Themselves]), .. Rows([.. s_all, .. s_fifth], [Plain]), .. Rows(s_all, [Joint])];

    /// <summary>How few evaluations do: steps, and levels elsewhere, over three runs; and, over one, more steps, pairs of conditions, and conditions at some levels alone.</summary>
    public static IReadOnlyList<ResultRow> Evaluations { get; } =
    [
        .. Rows(["all three", "text"], [Plain], steps: [10, 15, 20, 25], pictures: 200, runs: [0, 1, 2]),
        .. Rows(["all three", "text"], [Plain], steps: [40], pictures: 200),
        .. Rows(["all three", "text"], [Plain], steps: [10, 15], pictures: 200, runs: [0, 1, 2]).Select(row => row with { LogSnr = true }),
        .. Rows(["all three"], [Middle], steps: [10, 15], pictures: 200),
        .. Rows(s_pairs, [Plain], steps: [15, 25], pictures: 200),
        .. Rows(s_pairs, [Plain], steps: [10, 15], pictures: 200).Select(row => row with { LogSnr = true }),
    ];

    /// <summary>The usual way before and after: 15 levels even in t, or in log-SNR where conditions are several; 10 from the signal; and a lone sentence guided at first.</summary>
    public static IReadOnlyList<ResultRow> Levels { get; } =
    [
        .. Rows(["text"], [Plain], steps: [15]),
        .. Rows(["all three"], [Plain], steps: [15]).Select(row => row with { LogSnr = true }),
        .. Rows(["text", "all three"], [Plain], steps: [10]).Select(row => row with { Signal = true }),
        .. Rows(["text"], [Opening], steps: [10]).Select(row => row with { Signal = true }),
        .. Rows(["none", "segment", "sketch"], [Plain], steps: [15]),
        .. Rows(s_pairs, [Plain], steps: [15]).Select(row => row with { LogSnr = true }),
        .. Rows(["none", "segment", "sketch", .. s_pairs], [Plain], steps: [10]).Select(row => row with { Signal = true }),
    ];

    /// <summary>Rules of composition at the usual levels: over three runs, then of more pictures, of one picture's conditions and with another's sentence, there and at 25 levels even in t beside the joint network; and a sentence alone.</summary>
    public static IReadOnlyList<ResultRow> Rules { get; } =
    [
        .. Rows(["all three", .. s_pairs], s_rules, steps: [10], pictures: 200, runs: [0, 1, 2]).Select(row => row with { Signal = true }),
        .. Rows(["all three", .. s_pairs], s_rules, steps: [10]).Select(row => row with { Signal = true }),
        .. Rows(s_mixed, [Plain, Projected, Eased, EasedSooner], steps: [10]).Select(row => row with { Signal = true }),
        .. Rows(["all three", .. s_pairs], s_rules),
        .. Rows(["text"], [Plain, Opening], steps: [10]).Select(row => row with { Signal = true }),
    ];

    /// <summary>The first pack's experts, of pixels and half the size, in the embedded model's space; alone, by the bridge's settings, and beside its own.</summary>
    public static IReadOnlyList<ResultRow> Spaces { get; } =
    [
        .. from row in Rows(["text", "sketch", "segment"], [Crossed], steps: [10])
            .Concat(Rows(["none", "text", "sketch", "segment", "all three", "text + sketch"], [Plain], steps: [10]))
            .Concat(Rows(["all three"], [SentenceCrossed], steps: [10]))
            .Concat(Rows(["text + sketch"], [SketchCrossed], steps: [10]))
            .Concat(Rows(["text"], [Plain, .. Crossings.Keys.Where(method => method.StartsWith(Crossed, StringComparison.Ordinal))], steps: [10], pictures: 200))
           select row with { Signal = true },
        // DDIM steps on the process' own levels alone.
        .. Rows(["text"], [Plain, Crossed], sampler: nameof(Ddim), steps: [10], pictures: 200),
        .. Rows(["text"], [Plain, Crossed], steps: [10], pictures: 200),
    ];

    /// <summary>Where a sampler stands among all.</summary>
    public static int PlaceOf(string sampler) => SamplerRegistry.All.TakeWhile(other => other.Name != sampler).Count();

    /// <summary>Where a row stands among those of one sampler: by its conditions, then by its method.</summary>
    public static (int Conditions, int Method) PlaceOf(ResultRow row) =>
        (HeldOutPictures.Compositions.Keys.TakeWhile(conditions => conditions != row.Conditions).Count(), Methods.TakeWhile(method => method != row.Method).Count());

    private static IEnumerable<ResultRow> Rows(IEnumerable<string> conditions, string[] methods, string sampler = nameof(DpmSolver), int[]? steps = null,
        int pictures = 500, int[]? runs = null) =>
        from count in steps ?? [25]
        from composition in conditions
        from method in methods
        from run in runs ?? [0]
        select new ResultRow { Conditions = composition, Method = method, Sampler = sampler, Steps = count, Pictures = pictures, Run = run };
}
