using System.Globalization;
using Mcdm.Diffusion.Composition;
using Mcdm.Diffusion.Samplers;
using Mcdm.Diffusion.Schedules;
using Mcdm.Modalities;
using Mcdm.Tables;

namespace Mcdm.Sampling.Jobs;

/// <summary>
/// What a row may say of the pictures it asks for. The columns of conditions are the modalities' own; of the others each is a line here, of which
/// Invoke-McdmSample makes a parameter too.
/// </summary>
public static class JobColumns
{
    private const int MostPictures = 1_000_000, LongestSide = 4096, LongestOriginal = 65_536;
    private const string NoParticles = "each picture is drawn from one particle; -Particles asks for more";
    private static readonly ValueColumn<double> s_eta = new("Eta");

    /// <summary>The row's number in its file, from 1.</summary>
    public static ValueColumn<int> Row { get; } = new("Row", 1, int.MaxValue);

    /// <summary>The folder that relative paths start at, or a file in it, such as the row's own.</summary>
    public static TextColumn BasePath { get; } = new("BasePath");

    /// <summary>The model: the name of one that is loaded or ships with the module, or its folder.</summary>
    public static TextColumn Model { get; } = new("Model");

    /// <summary>Name of the pictures, for the files they are saved to.</summary>
    public static TextColumn Name { get; } = new("Name");

    /// <summary>Seed of the first picture; the next have the following numbers.</summary>
    public static ValueColumn<long> Seed { get; } = new("Seed", 0, long.MaxValue - MostPictures);

    /// <summary>How many pictures.</summary>
    public static ValueColumn<int> Count { get; } = new("Count", 1, MostPictures);

    /// <summary>Picture file that sampling starts from.</summary>
    public static TextColumn Picture { get; } = new("Picture");

    /// <summary>Share of the steps that is taken from the picture on.</summary>
    public static ValueColumn<double> Strength { get; } = new("Strength");

    /// <summary>Picture file that is white where something new is drawn.</summary>
    public static TextColumn Mask { get; } = new("Mask");

    /// <summary>The sampler.</summary>
    public static KindColumn<Sampler> Sampler { get; } = new("Sampler", SamplerRegistry.All);

    /// <summary>How the predictions are combined.</summary>
    public static KindColumn<Combiner> Combiner { get; } = new("Combiner", CombinerRegistry.All);

    /// <summary>Particles that each picture is drawn from.</summary>
    public static ValueColumn<int> Particles { get; } = new("Particles");

    /// <summary>Steps from noise to picture.</summary>
    public static ValueColumn<int> Steps { get; } = new("Steps");

    /// <summary>What ε_u reads in place of the empty prompt.</summary>
    public static TextColumn NegativePrompt { get; } = new("NegativePrompt", saysEmpty: true);

    /// <summary>What is taken over from a row as it is.</summary>
    internal static IReadOnlyList<Setting> Settings { get; } =
    [
        Of(Count, (request, count) => request with { Count = count }),
        Of(Seed, (request, seed) => request with { Seed = seed }),
        Of(s_eta, (request, eta) => request with { Sampling = request.Sampling.WithEta(eta) })
            with { Unread = (request, row) => request.Sampling.Sampler is { TakesEta: false } sampler && (sampler.IsAncestral || row.Get(s_eta) != 0)
                ? $"{sampler} has no η that could be chosen; Ddim has" : null },
        Of(new ValueColumn<int>("LangevinSteps"), (request, steps) => request with { Sampling = request.Sampling with { LangevinSteps = steps } }),
        Of(new ValueColumn<double>("GuidanceRescale"), (request, phi) => request with { Combiner = request.Combiner.WithRescale(phi) }),
        Of(new ListColumn("Timesteps"), (request, timesteps) => request with { Sampling = WithTimesteps(request.Sampling, timesteps) })
            with { Unread = (_, row) => row.Get(Steps) is null ? null : "the timesteps are the steps; leave -Steps out" },
        Of(NegativePrompt, (request, prompt) => request with { NegativePrompt = prompt.Trim() }),
        Of(Particles, (request, particles) => request with { Particles = request.Particles with { Particles = particles } }),
        Of(new ValueColumn<double>("Temperature"), (request, tau) => request with { Particles = request.Particles with { Temperature = tau } })
            with { Unread = (request, _) => request.Particles is { Particles: 1, Temperature: not 1 } ? NoParticles : null },
        Of(new ValueColumn<double>("ResampleThreshold"), (request, share) => request with { Particles = request.Particles with { ResampleThreshold = share } })
            with { Unread = (request, _) => request.Particles is { Particles: 1 } one && one != new ParticleOptions() { Temperature = one.Temperature }
                ? NoParticles : null },
        Of(new PairColumn("OriginalSize", 1, LongestOriginal),
            (request, size) => request with { Frame = (request.Frame ?? new()) with { Original = new(size[0], size[1]) } }),
        Of(new PairColumn("CropOrigin", 0, LongestOriginal),
            (request, origin) => request with { Frame = (request.Frame ?? new()) with { Left = origin[0], Top = origin[1] } }),
        Of(new ValueColumn<int>("Width", 1, LongestSide), (request, width) => request with { Width = width }),
        Of(new ValueColumn<int>("Height", 1, LongestSide), (request, height) => request with { Height = height }),
    ];

    /// <summary>What tells one row's pictures from another's.</summary>
    internal static IReadOnlyList<Column> Identity { get; } = [Name, Seed, Count];

    /// <summary>The columns that state a condition each, in the modalities' order.</summary>
    public static IReadOnlyList<string> Conditions => [.. Stating.Select(column => column.Name)];

    /// <summary>The same as columns.</summary>
    public static IEnumerable<Column> Stating => Modality.All.SelectMany(modality => modality.Columns.Stating);

    /// <summary>Those that state conditions, and what else these have; each may have a number behind its name (<see cref="NumberedColumns"/>).</summary>
    public static IEnumerable<Column> OfConditions => Modality.All.SelectMany(modality => modality.Columns.All);

    /// <summary>All columns.</summary>
    public static IReadOnlyList<Column> All =>
    [
        Row, .. OfConditions, BasePath, Model,
        Name, Sampler, Combiner, Steps, Picture, Strength, Mask, .. Settings.Select(setting => setting.Column),
    ];

    /// <summary>The column of a name; null where none is read.</summary>
    public static Column? Find(string name) => All.FirstOrDefault(column => column.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
        ?? NumberedColumns.Split(name)?.Column;

    /// <summary>Refuses a row with a value that cannot be used.</summary>
    /// <exception cref="McdmException"><c>CellInvalid</c> or <c>TextEncoding</c>.</exception>
    public static void Check(Row row)
    {
        foreach (var (name, value) in row.Values) { Find(name)?.Check(name, value); }
    }

    private static Setting Of<T>(ValueColumn<T> column, Func<GenerationRequest, T, GenerationRequest> apply) where T : struct =>
        new(column, (request, row) => row.Get(column) is { } value ? apply(request, value) : request);

    private static Setting Of<T>(ObjectColumn<T> column, Func<GenerationRequest, T, GenerationRequest> apply) where T : class =>
        new(column, (request, row) => row.Get(column) is { } kind ? apply(request, kind) : request);

    /// <summary>Settings with levels that are given by their t, from 0 as other programs count, the noisiest first.</summary>
    private static SamplerOptions WithTimesteps(SamplerOptions sampling, IReadOnlyList<string> timesteps)
    {
        var given = timesteps.Select(text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double t)
            && double.IsFinite(t) && t >= 0 ? t : throw Invalid($"'{text}' is no timestep")).ToList();
        if (given.Zip(given.Skip(1)).Any(pair => pair.First <= pair.Second)) { throw Invalid($"they do not fall ({string.Join(", ", timesteps)})"); }
        return sampling with
        {
            Steps = given.Count, Spacing = new StepSpacing(SpacingKind.Trailing) { EndsAtFirst = sampling.Spacing?.EndsAtFirst == true, Given = given },
        };

        static McdmException Invalid(string problem) => new("SpacingInvalid", ErrorKind.InvalidArgument,
            $"Timesteps are numbers from 0 that fall, such as 999, 850, 736, 645, 545, 455, 343, 233, 124, 24; {problem}.");
    }

    private static Setting Of(ListColumn column, Func<GenerationRequest, IReadOnlyList<string>, GenerationRequest> apply) =>
        new(column, (request, row) => row[column] is { Count: > 0 } values ? apply(request, values) : request);

    private static Setting Of(TextColumn column, Func<GenerationRequest, string, GenerationRequest> apply) =>
        new(column, (request, row) => row[column] is { } value ? apply(request, value) : request);

    /// <summary>A column that is a setting of the request.</summary>
    /// <param name="Column">The column.</param>
    /// <param name="Apply">The request with what a row says.</param>
    internal sealed record Setting(Column Column, Func<GenerationRequest, Row, GenerationRequest> Apply)
    {
        /// <summary>Why nothing reads what a row says of it, in a clause; null where something does.</summary>
        public Func<GenerationRequest, Row, string?>? Unread { get; init; }
    }
}
