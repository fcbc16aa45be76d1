using System.Text.Json;
using Mcdm.Diffusion.Composition;
using Mcdm.Diffusion.Process;
using Mcdm.Diffusion.Samplers;
using Mcdm.Experts;
using Mcdm.Families;
using Mcdm.Families.Shared;
using Mcdm.Families.StableDiffusion.Files;
using Mcdm.Families.StableDiffusion.Networks;
using Mcdm.Modalities;
using Mcdm.Runtime;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Golden;

/// <summary>
/// A whole run of a case's model, a folder or a single file, with its ControlNets: opened as they are imported, but with what no file tells, and with the case's
/// sampler. Schedule and prediction of a single file are those that it says itself.
/// </summary>
internal sealed class GoldenRun : IDisposable
{
    private readonly List<IDisposable> _open = [];
    private readonly GoldenCase _golden;
    private readonly List<Model> _models = [];

    public GoldenRun(GoldenCase golden)
    {
        _golden = golden;
        try
        {
            var files = Opened(Base());
            var controls = ControlEntries().Select((entry, i) => Opened(Control(entry)) with { Name = $"control{i}" }).ToList();
            _models.Add(Opened(LatentDiffusionModel.Assemble(files, controls, Loras(), "text", withUnconditional: true, null, CPU, ScalarType.Float32)));
            foreach (string other in OthersOf(golden))
            {
                var its = Opened(LatentDiffusionFolder.Open(golden.Folder.ModelOf(other)));
                _models.Add(Opened(LatentDiffusionModel.Assemble(its, [], [], Path.GetFileName(other), withUnconditional: false, null, CPU, ScalarType.Float32)));
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public Model Model => _models[0];

    /// <summary>The case's sampler, number of steps and η.</summary>
    public SamplerOptions Sampling => Model.Sampling! with
    {
        Sampler = Model.Sampling!.Sampler.WithEta(_golden.Parameter("eta")?.GetDouble() ?? 0),
        Steps = _golden.Parameters.GetProperty("steps").GetInt32(),
    };

    /// <summary>The prompt with the guidance as its weight, and each ControlNet's picture: the pipelines of diffusers.</summary>
    public IReadOnlyList<Condition> PipelineConditions() =>
    [
        .. _golden.Parameters.GetProperty("prompt").GetString() is { Length: > 0 } prompt
            ? new[] { Condition.FromText(prompt, _golden.Parameters.GetProperty("guidance").GetDouble()).For("text") } : [],
        .. ControlEntries().SelectMany((entry, i) => Pictures($"picture{i}", $"control{i}", entry)),
    ];

    /// <summary>The pictures of a ControlNet: one, or one for each type that is asked of it.</summary>
    private IEnumerable<Condition> Pictures(string role, string control, JsonElement entry) => !entry.TryGetProperty("types", out var types) ? [Picture(role, control, entry)]
        : types.EnumerateArray().Select((type, i) => Picture($"{role}_{i}", $"{control}.{ControlNetUnionOptions.NameOf(type.GetInt32())}", entry));

    /// <summary>Each expert of a composition by rule (12).</summary>
    public IReadOnlyList<Condition> ComposedConditions()
    {
        var (conditions, place) = (new List<Condition>(), 0);
        foreach (var (expert, i) in _golden.Parameters.GetProperty("experts").EnumerateArray().Select((expert, i) => (expert, i)))
        {
            var (prompt, weight) = (expert.GetProperty("prompt").GetString() ?? "", expert.GetProperty("weight").GetDouble());
            if (!expert.TryGetProperty("controlnet", out var control))
            {
                conditions.Add(Condition.FromText(prompt, weight).For(expert.TryGetProperty("golden", out var other) ? Path.GetFileName(other.GetString()!)
                    : expert.TryGetProperty("loras", out var loras) ? string.Join('-', LorasOf(loras).Select(lora => ModelName.Of(lora.Path))) : "text"));
                continue;
            }
            var picture = Pictures($"picture{i}", $"control{place++}", control).Single().Weighted(weight);
            conditions.Add(prompt.Length == 0 ? picture : picture.Saying(prompt));
        }
        return conditions;
    }

    /// <summary>Runs, and compares levels, every step and the end.</summary>
    public void Check(IReadOnlyList<Condition> conditions, Combiner combiner, double tolerance, PictureStart? start = null, Hole? hole = null)
    {
        var (golden, sampling) = (_golden, Sampling);
        combiner = combiner.WithRescale(golden.Parameter("guidance_rescale")?.GetDouble() ?? 0);
        var noise = golden.Input("start");
        var space = Model.Space.At((int)noise.shape[3] * Model.Space.Factor, (int)noise.shape[2] * Model.Space.Factor);
        string? negative = (golden.Parameter("negative_prompt") ?? golden.Parameter("unconditional_prompt"))?.GetString();
        // Of the other versions, none is the empty one.
        if (negative is "" && !golden.Kind.StartsWith("sdxl-", StringComparison.Ordinal)) { negative = null; }
        var experts = _models.SelectMany(model => model.At(space.PictureWidth, space.PictureHeight).Experts).ToList();
        using var composition = new Composition(experts, conditions, null, combiner, negative, hole, Frame());
        using var composer = new Composer([composition]);
        var path = SamplingPath.Of(space.Process, sampling);
        using var predictor = new ComposedPredictor(composer.Predict, combiner.RuleOf(path.Steps));
        var (seen, levels) = (new List<Tensor>(), new List<NoiseLevel>());
        var end = Sampler.Sample((z, level) =>
        {
            seen.Add(AsHeld(z, level).clone().DetachFromDisposeScope());
            levels.Add(level);
            var prediction = predictor.Predict(z, level);
            if (seen.Count == 1 && golden.HasOutput("first_prediction")) { golden.AssertClose("first_prediction", prediction.Value, tolerance); }
            return prediction;
        }, space.Process, () => noise.clone(), sampling, picture: start);
        seen.Add(AsHeld(end, path.Steps[^1].To));
        if (golden.HasOutput("timesteps")) { SchedulerCase.AssertTimesteps(golden, levels.ConvertAll(level => (float)(level.T - 1))); }
        golden.AssertClose("trajectory", cat(seen.Skip(1).ToArray()), tolerance);
        golden.AssertClose("latents", end, tolerance);
        if (golden.HasOutput("picture")) { golden.AssertClose("picture", Model.Codec!.Decode(end), tolerance); }
        foreach (var z in seen) { z.Dispose(); }

        // Euler's runs are held as x = z/α.
        Tensor AsHeld(Tensor z, NoiseLevel level) => sampling.Sampler is Euler ? z / level.Alpha : z;
    }

    public void Dispose()
    {
        foreach (var item in _open.AsEnumerable().Reverse()) { item.Dispose(); }
    }

    /// <summary>The other models that experts of a composition are of.</summary>
    private static IEnumerable<string> OthersOf(GoldenCase golden) => (golden.Parameter("experts")?.EnumerateArray() ?? [])
        .Where(expert => expert.TryGetProperty("golden", out _)).Select(expert => expert.GetProperty("golden").GetString()!).Distinct();

    /// <summary>The LoRAs of each expert that has some.</summary>
    private List<IReadOnlyList<LoraStrength>> Loras() => (_golden.Parameter("experts")?.EnumerateArray() ?? [])
        .Where(expert => expert.TryGetProperty("loras", out _)).Select(expert => LorasOf(expert.GetProperty("loras"))).ToList();

    private IReadOnlyList<LoraStrength> LorasOf(JsonElement loras) => loras.EnumerateArray().Select(lora =>
        new LoraStrength(SdxlLoras.PathOf(_golden, lora.GetProperty("golden").GetString()!), lora.GetProperty("scale").GetDouble())).ToList();

    /// <summary>What the picture is to look cut out of.</summary>
    private PictureFrame? Frame()
    {
        if (_golden.Parameter("original_size") is not { } original) { return null; }
        var crop = _golden.Parameter("crop");
        return new PictureFrame
        {
            Original = new(original[1].GetInt32(), original[0].GetInt32()), Left = crop?[1].GetInt32() ?? 0, Top = crop?[0].GetInt32() ?? 0,
            Wanted = _golden.Parameter("target_size") is { } wanted ? new(wanted[1].GetInt32(), wanted[0].GetInt32()) : null,
        };
    }

    private IEnumerable<JsonElement> ControlEntries() => _golden.Parameter("controlnets")?.EnumerateArray()
        ?? _golden.Parameter("experts")?.EnumerateArray().Where(expert => expert.TryGetProperty("controlnet", out _)).Select(expert => expert.GetProperty("controlnet"))
        ?? [];

    private LatentDiffusionFiles Base()
    {
        if (_golden.Parameter("file") is not { } file)
        {
            var folder = LatentDiffusionFolder.Open(_golden.Model);
            return folder with { Scheduler = Scheduler(Path.Combine(_golden.Model, "scheduler", SchedulerConfig.FileName)) };
        }
        string model = _golden.Folder.ModelOf((_golden.Parameter("tokenizer") ?? _golden.Parameter("config"))!.Value.GetString()!);
        string tokenizer = Path.Combine(model, _golden.Parameter("config_folder")?.GetString() ?? "", "tokenizer");
        var single = LatentDiffusionFile.Open(Path.Combine(_golden.Model, file.GetString()!), tokenizer, null, GoldenNetworks.Hints(_golden.Parameters));
        string beside = Path.Combine(_golden.Folder.ModelOf(_golden.Parameters.GetProperty("config").GetString()!),
            _golden.Parameter("config_folder")?.GetString() ?? "", "scheduler", SchedulerConfig.FileName);
        var told = Scheduler(beside);
        Assert.Equal(told.Prediction, single.Scheduler.Prediction);
        Assert.Equal(told.Schedule, single.Scheduler.Schedule);
        return single with { Scheduler = told with { Schedule = single.Scheduler.Schedule, Prediction = single.Scheduler.Prediction } };
    }

    private SchedulerConfig Scheduler(string file) => SchedulerCase.Read(_golden.Parameters.GetProperty("scheduler"), null, file);

    private ControlNetFiles Control(JsonElement entry) => entry.TryGetProperty("golden", out var sibling) ? LatentDiffusionFolder.OpenControlNet(_golden.Folder.ModelOf(sibling.GetString()!))
        : LatentDiffusionFile.OpenControlNet(Path.Combine(_golden.Folder.Model, entry.GetProperty("file").GetString()!), GoldenNetworks.Hints(entry));

    private Condition Picture(string role, string expert, JsonElement entry) =>
        Condition.Of(Modality.Picture, Shown(_golden.Input(role)[0])).For(expert)
            .Scaled(entry.TryGetProperty("scale", out var scale) ? scale.GetDouble() : 1);

    /// <summary>−1 is a hole, which people show by what is transparent.</summary>
    private static Mcdm.Imaging.Picture Shown(Tensor picture) => picture.lt(0).any().ToBoolean() ? InpaintKinds.WithHole(picture, picture[0].lt(0))
        : PictureTensor.FromTensor(picture * 2 - 1);

    private T Opened<T>(T item) where T : IDisposable
    {
        _open.Add(item);
        return item;
    }
}
