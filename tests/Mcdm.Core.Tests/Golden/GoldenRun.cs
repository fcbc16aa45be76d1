using System.Text.Json;
using Mcdm.Core.Tests.Formats;
using Mcdm.Diffusion.Composition;
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
    private readonly TemporaryFolder _folder = new();

    public GoldenRun(GoldenCase golden)
    {
        _golden = golden;
        try
        {
            var files = Opened(Base());
            var controls = ControlEntries().Select((entry, i) => Opened(Control(entry)) with { Name = $"control{i}" }).ToList();
            Coder = files.Autoencoder.Options;
            _models.Add(Opened(LatentDiffusionModel.Assemble(files, controls, LoraSets(), "text", withUnconditional: true, null, CPU, ScalarType.Float32)));
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

    /// <summary>The shape of its autoencoder.</summary>
    public AutoencoderKLOptions Coder { get; }

    /// <summary>The prompt with the guidance as its weight, and each ControlNet's picture: the pipelines of diffusers.</summary>
    public IReadOnlyList<Condition> PipelineConditions() =>
    [
        .. _golden.Parameters.GetProperty("prompt").GetString() is { Length: > 0 } prompt
            ? new[] { Prompted(prompt) } : [],
        .. ControlEntries().SelectMany((entry, i) => Pictures($"picture{i}", $"control{i}", entry)),
    ];

    /// <summary>A guidance that the network reads is no weight.</summary>
    private Condition Prompted(string prompt)
    {
        double guidance = _golden.Parameters.GetProperty("guidance").GetDouble();
        var condition = Condition.FromText(prompt).For(LorasOf(_golden.Parameters) is { Count: > 0 } loras ? NameOf(loras) : "text");
        return _golden.Parameter("pipeline")?.GetString() == "LatentConsistencyModelPipeline" ? condition.Guided(guidance) : condition.Weighted(guidance <= 1 ? 1 : guidance);
    }

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
                string reader = expert.TryGetProperty("golden", out var other) ? Path.GetFileName(other.GetString()!) : LorasOf(expert) is { Count: > 0 } loras ? NameOf(loras) : "text";
                // A comment is a prompt that says nothing, and a condition all the same.
                conditions.Add(Condition.FromText(prompt.Length == 0 ? "# nothing" : prompt, weight).For(reader));
                continue;
            }
            var picture = Pictures($"picture{i}", $"control{place++}", control).Single().Weighted(weight);
            conditions.Add(prompt.Length == 0 ? picture : picture.Saying(prompt));
        }
        return conditions;
    }

    /// <summary>Runs, and compares levels, every step and the end.</summary>
    public void Check(IReadOnlyList<Condition> conditions, Combiner combiner, double tolerance, PictureStart? start = null, Hole? hole = null, Action<Composition>? adjust = null) =>
        new GoldenTrajectory(_golden, Model) { Others = [.. _models.Skip(1)], Start = start, Hole = hole, Frame = Frame(), FirstTolerance = tolerance, Adjust = adjust }.Check(conditions, combiner, tolerance);

    public void Dispose()
    {
        foreach (var item in _open.AsEnumerable().Reverse()) { item.Dispose(); }
        _folder.Dispose();
    }

    /// <summary>The other models that experts of a composition are of.</summary>
    private static IEnumerable<string> OthersOf(GoldenCase golden) => (golden.Parameter("experts")?.EnumerateArray() ?? [])
        .Where(expert => expert.TryGetProperty("golden", out _)).Select(expert => expert.GetProperty("golden").GetString()!).Distinct();

    /// <summary>The LoRAs of each expert that has some, those of one together.</summary>
    private List<IReadOnlyList<LoraStrength>> LoraSets() => (_golden.Parameter("experts")?.EnumerateArray() ?? []).Append(_golden.Parameters).Select(LorasOf)
        .Where(loras => loras.Count > 0).DistinctBy(NameOf).Select(loras => (IReadOnlyList<LoraStrength>)loras).ToList();

    private List<LoraStrength> LorasOf(JsonElement expert) => !expert.TryGetProperty("loras", out var loras) ? [] : loras.EnumerateArray()
        .Select(lora => new LoraStrength(Named(SdxlLoras.PathOf(_golden, lora.GetProperty("golden").GetString()!), $"{lora.GetProperty("scale")}"), lora.GetProperty("scale").GetDouble())).ToList();

    /// <summary>A file under a name with its strength, since experts are called after files and one file may be two.</summary>
    private string Named(string path, string strength)
    {
        string copy = _folder.File($"{ModelName.Of(path)}-{strength}{Path.GetExtension(path)}");
        if (!File.Exists(copy)) { File.Copy(path, copy); }
        return copy;
    }

    /// <summary>What the expert of some LoRAs is called.</summary>
    private static string NameOf(IReadOnlyList<LoraStrength> loras) => ModelName.Safe(string.Join('-', loras.Select(lora => ModelName.Of(lora.Path))));

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
