using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Mcdm.Benchmarks.Baselines;
using Mcdm.Benchmarks.Peers;
using Mcdm.Diffusion.Composition;
using Mcdm.Display.Sheets;
using Mcdm.Evaluation;
using Mcdm.Experts;
using Mcdm.Families.Own.Files;
using Mcdm.Imaging;
using Mcdm.Imaging.Files;
using Mcdm.Modalities;
using Mcdm.Runtime;
using Mcdm.Sampling;

namespace Mcdm.Benchmarks.Results;

/// <summary>Experiments as a table: every row is measured once, kept with its settings, and passed over the next time.</summary>
internal sealed class ResultsBenchmark : IDisposable
{
    private const int PicturesAsked = 500, JudgedTogether = 32, PicturesShown = 6;
    private const long SeedsOfARun = 1_000_000;

    private readonly ResultsOptions _options;
    private readonly ResultStore _store;
    private readonly HeldOutPictures _heldOut, _masks;
    private readonly Judge _judge;
    private readonly Dictionary<string, IContestant> _contestants = [];
    private readonly List<IBaseline> _baselines = [];
    private readonly List<Model> _bridged = [];
    private Model? _model;

    private ResultsBenchmark(ResultsOptions options, ResultStore store)
    {
        (_options, _store) = (options, store);
        _heldOut = new HeldOutPictures(options.Data, PicturesAsked, ModelPack.ReadDescription(options.Model).Space.PictureWidth);
        _masks = new HeldOutPictures(options.Masks, PicturesAsked, ModelPack.ReadDescription(options.Model).Space.PictureWidth);
        _judge = JudgePack.Read(options.Judge, ComputeDevice.Select(null).ToTorch());
    }

    public static int Run(ResultsOptions options)
    {
        var store = new ResultStore(options.Rows);
        if (!options.PageAlone)
        {
            if (Repository.Lacks(Path.Combine(options.Data, "labels.jsonl")) || Repository.Lacks(Path.Combine(options.Masks, "masks"))) { return 1; }
            using var benchmark = new ResultsBenchmark(options, store);
            foreach (var row in options.Plan.Rows.Where(row => options.Only.Length == 0 || options.Only.Any(part => row.Key.Contains(part, StringComparison.OrdinalIgnoreCase)))) { benchmark.Measure(row); }
        }
        ResultsPage.Write(store, options);
        ResultsReport.Write(store, options);
        return 0;
    }

    private void Measure(ResultRow row)
    {
        using var claim = _store.Claim(row);
        if (claim is null) { return; }
        var contestant = Contestant(row.Method);
        var modalities = HeldOutPictures.Compositions[row.Conditions];
        string stamp = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes($"{contestant.Stamp(modalities)} {File.ReadAllText(Path.Combine(_options.Judge, JudgePack.DescriptionFile))}")))[..16].ToLowerInvariant();
        if (_store.Read().GetValueOrDefault(row)?.Stamp == stamp) { return; }

        var asked = _heldOut.Take(row.Pictures, modalities, row.Conditions.Contains(HeldOutPictures.OfAnother, StringComparison.Ordinal));
        var sampling = row.Sampling;
        var soFar = new PicturesSoFar(Path.Combine(_options.Runs, "pictures", $"{row.Key}-{stamp}-{contestant.Precision}"));
        var pictures = soFar.Pictures;
        int kept = pictures.Count;
        var clock = Stopwatch.StartNew();
        foreach (var picture in contestant.Generate(asked.Select(one => one.Conditions).ToList(), kept, row.Run * SeedsOfARun, sampling)) { soFar.Add(picture); }
        double seconds = clock.Elapsed.TotalSeconds * pictures.Count / Math.Max(1, pictures.Count - kept);

        var masks = _masks.Take(row.Pictures, modalities.Where(modality => modality == Modality.Segment).ToList());
        var expected = pictures.Zip(asked, masks).Select(one => new Expectation(_judge, new McdmImage(one.First),
            [.. one.Second.Conditions.Where(condition => condition.Modality != Modality.Segment), .. one.Third.Conditions])).ToList();
        var reference = _heldOut.Reference(_judge);
        var measured = expected.Chunk(JudgedTogether).SelectMany(batch => _judge.Look(batch.Select(one => one.Picture).ToList()).Zip(batch, (seen, one) => one.Against(seen, reference))).ToList();
        // Spectra are for plots; in the rows' files they would be most of the lines.
        var set = SetMeasurement.Of(measured, reference, Console.WriteLine) with { Spectrum = null, ReferenceSpectrum = null };
        if (ResultsReport.Shows(row)) { PngFile.Write(Strip(pictures.Take(PicturesShown).ToList()), _store.StripOf(row), overwrite: true); }
        var result = new RowResult
        {
            Row = row,
            Stamp = stamp,
            Precision = contestant.Precision,
            Evaluations = contestant.Evaluations(asked[0].Conditions, sampling),
            Seconds = Math.Round(seconds),
            Measured = set,
        };
        _store.Write(result);
        soFar.Delete();
        Console.WriteLine($"{DateTime.Now:HH:mm} {row.Key}: text {set.Text:0.000}, segment {set.Segment:0.000}, sketch {set.Sketch:0.000}, FID {set.Fid:0.00}, KID {set.Kid:0.000}, precision {set.Precision:0.000}, recall {set.Recall:0.000}, grain {set.Grain:0.00}, flat {set.FlatShare:0.000}, {seconds:0} s");
    }

    /// <summary>Pictures side by side.</summary>
    private static Picture Strip(IReadOnlyList<Picture> pictures) => ContactSheet.Arrange(pictures, null, new ContactSheetOptions { Columns = pictures.Count, Scale = 1 });

    private IContestant Contestant(string method)
    {
        if (_contestants.TryGetValue(method, out var known)) { return known; }
        return _contestants[method] = method switch
        {
            ResultRows.Plain => Composed(new CompositionSettings()),
            ResultRows.Middle => Composed(new CompositionSettings(Guidance: ResultRows.MiddleAlone)),
            ResultRows.Opening => Composed(new CompositionSettings(Guidance: ResultRows.OpeningGuidance)),
            ResultRows.Guided => Composed(new CompositionSettings(Guidance: ResultRows.Guidance)),
            ResultRows.Projected => Composed(new CompositionSettings(Combiner: new Projection())),
            ResultRows.Eased => Composed(new CompositionSettings(Combiner: new Projection(Easing: 400))),
            ResultRows.EasedSooner => Composed(new CompositionSettings(Combiner: new Projection(Easing: 1500))),
            ResultRows.Weighed => Composed(new CompositionSettings(Combiner: new Diffusion.Composition.Precision())),
            ResultRows.Corrected => Composed(new CompositionSettings(Particles: ResultRows.Particles)),
            ResultRows.Joint => Baseline(folder => new JointBaseline(folder), "joint", Runtime.Precision.Auto.On(ComputeDevice.Find("cpu")).ToString(), samples: true),
            ResultRows.Vae => Baseline(folder => new VaeBaseline(folder), "vae", "Float32", samples: false),
            ResultRows.Themselves => new PicturesThemselves(_heldOut),
            _ when ResultRows.Crossings.GetValueOrDefault(method) is { } crossing => Bridged(crossing),
            _ => throw new ArgumentOutOfRangeException(nameof(method), method, "No such method."),
        };
    }

    private ComposedExperts Composed(CompositionSettings composition)
    {
        var device = ComputeDevice.Select(null);
        _model ??= ModelPack.Read(_options.Model, device.ToTorch(), Runtime.Precision.Auto.On(device));
        var experts = ModelPack.ReadDescription(_options.Model).Experts;
        // Other experts than those that are asked decide nothing.
        string Stamp(IReadOnlyList<Modality> modalities) =>
            $"{string.Join(' ', experts.Where(expert => expert.Modality is not { } modality || modalities.Contains(modality)).Select(expert => expert.Sha256))}  {composition.Particles}{composition.Guidance}";
        return new ComposedExperts(_model, Stamp, composition);
    }

    private ComposedExperts Bridged(Crossing crossing)
    {
        var device = ComputeDevice.Select(null);
        var model = ModelBridge.Build([.. new[] { _options.Model, _options.Other ?? FirstPack.Folder() }.Select(folder => ModelPack.Read(folder, device.ToTorch(), Runtime.Precision.Auto.On(device)))], crossing.Options);
        _bridged.Add(model);
        return new ComposedExperts(model, _ => $"{model.Hash} {crossing}", new CompositionSettings(Crossing: crossing));
    }

    private TrainedBaseline Baseline(Func<string, IBaseline> read, string name, string precision, bool samples)
    {
        string folder = Path.Combine(_options.Runs, name);
        var baseline = read(folder);
        _baselines.Add(baseline);
        using var weights = File.OpenRead(Path.Combine(folder, "baseline.safetensors"));
        return new TrainedBaseline(baseline, Convert.ToHexString(SHA256.HashData(weights)), precision.ToLowerInvariant(), samples);
    }

    public void Dispose()
    {
        _baselines.ForEach(baseline => baseline.Dispose());
        _judge.Dispose();
        _bridged.ForEach(model => model.Dispose());
        _model?.Dispose();
    }
}
