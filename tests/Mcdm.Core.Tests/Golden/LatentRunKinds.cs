using System.Text.Json;
using System.Text.Json.Nodes;
using Mcdm.Diffusion.Composition;
using Mcdm.Experts;
using Mcdm.Families;
using Mcdm.Families.Shared;
using Mcdm.Modalities;
using Mcdm.Registries;
using Mcdm.Runtime;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Golden;

/// <summary>
/// Whole runs of Stable Diffusion's experts: the pipeline of diffusers, which is the combiner Residual with the prompt's weight as guidance, and compositions by rule (12).
/// Models are imported as users import them; only the starting noise is given.
/// </summary>
internal sealed class LatentRunKinds : IGoldenKind
{
    private const double RunTolerance = 2e-4, SingleFileTolerance = 5e-4;

    /// <summary>Both LoRAs added make a run that grows differences a thousandfold: computed in float64, it ends 3.2e-4 from the original's float32.</summary>
    private const double LoraRunTolerance = 1e-3;

    public IReadOnlyList<string> Kinds => ["run-pipeline", "run-composed", "run-composed-lora"];

    public void Check(GoldenCase golden)
    {
        bool hasLoras = golden.Parameter("loras") is not null || (golden.Kind == "run-composed-lora" && golden.Folder.Path.Contains("golden3", StringComparison.Ordinal));
        if (hasLoras || golden.Parameter("file") is not null || golden.Parameter("pipeline") is not null)
        {
            using var run = new GoldenRun(golden);
            bool isComposed = golden.Kind != "run-pipeline";
            // A LoRA changes ε_u too in a pipeline: each network guides itself.
            run.Check(isComposed ? run.ComposedConditions() : run.PipelineConditions(),
                isComposed ? new Product() : golden.Parameter("loras") is null ? new Residual() : new Composite(), SingleFileTolerance);
            return;
        }
        using var folders = new ImportedFolders(golden);
        var terms = golden.Kind == "run-pipeline" ? PipelineTerms(golden).ToList() : ComposedTerms(golden).ToList();
        using var model = folders.Import(terms.SelectMany(term => term.Models).Distinct().ToList(), Loras(golden));
        var conditions = terms.Select(term => term.Condition(golden, folders)).OfType<Condition>().ToList();
        Combiner combiner = golden.Kind == "run-pipeline" ? new Residual() : new Product();
        new GoldenTrajectory(golden, model).Check(conditions, combiner, golden.Kind == "run-composed-lora" ? LoraRunTolerance : RunTolerance);
    }

    /// <summary>The prompt with the guidance as its weight, and each ControlNet.</summary>
    private static IEnumerable<Term> PipelineTerms(GoldenCase golden)
    {
        string model = golden.Model;
        yield return new Term(model, golden.Parameters.GetProperty("prompt").GetString()!, golden.Parameters.GetProperty("guidance").GetDouble(), null, 1, "");
        int place = 0;
        foreach (var control in golden.Parameter("controlnets")?.EnumerateArray() ?? [])
        {
            yield return new Term(model, "", 1, Sibling(golden, control), control.GetProperty("scale").GetDouble(), $"picture{place++}");
        }
    }

    /// <summary>Each expert with its weight, its prompt and perhaps its ControlNet; ε_u's model first.</summary>
    private static IEnumerable<Term> ComposedTerms(GoldenCase golden)
    {
        string ModelOf(JsonElement entry) => entry.TryGetProperty("golden", out _) ? Sibling(golden, entry) : golden.Model;
        yield return new Term(golden.Parameter("unconditional") is { } rest ? ModelOf(rest) : golden.Model, "", 1, null, 1, "");
        int place = 0;
        foreach (var expert in golden.Parameters.GetProperty("experts").EnumerateArray())
        {
            bool controlled = expert.TryGetProperty("controlnet", out var control);
            yield return new Term(ModelOf(expert), expert.GetProperty("prompt").GetString()!, expert.GetProperty("weight").GetDouble(),
                controlled ? Sibling(golden, control) : null, controlled ? control.GetProperty("scale").GetDouble() : 1, $"picture{place++}")
            {
                Lora = expert.TryGetProperty("loras", out var loras) ? string.Join('-', loras.EnumerateArray().Select(lora => ModelName.Of(LoraOf(golden, lora)))) : null,
            };
        }
    }

    /// <summary>The LoRAs of all experts; those of one expert are merged.</summary>
    private static ImportOptions Loras(GoldenCase golden)
    {
        if (golden.Kind != "run-composed-lora") { return new ImportOptions(); }
        var experts = golden.Parameters.GetProperty("experts").EnumerateArray().Select(expert => expert.GetProperty("loras").EnumerateArray().ToList()).ToList();
        return new ImportOptions
        {
            Loras = experts.SelectMany(loras => loras).Select(lora => LoraOf(golden, lora)).ToList(),
            LoraWeights = experts.SelectMany(loras => loras).Select(lora => lora.GetProperty("scale").GetDouble()).ToList(),
            LoraExperts = experts.SelectMany((loras, i) => loras.Select(_ => i)).ToList(),
        };
    }

    private static string LoraOf(GoldenCase golden, JsonElement lora) => Directory.EnumerateFiles(Sibling(golden, lora)).Single();

    private static string Sibling(GoldenCase golden, JsonElement entry) => golden.Folder.ModelOf(entry.GetProperty("golden").GetString()!);

    /// <summary>One expert's part.</summary>
    private sealed record Term(string Model, string Prompt, double Weight, string? Control, double Scale, string Picture)
    {
        /// <summary>Name of the expert with its LoRAs; null for none.</summary>
        public string? Lora { get; init; }

        public IEnumerable<string> Models => Control is null ? [Model] : [Model, Control];

        /// <summary>The condition that a user would give; null where nothing is asked for.</summary>
        public Condition? Condition(GoldenCase golden, ImportedFolders folders)
        {
            if (Control is null) { return Prompt.Length == 0 ? null : Mcdm.Modalities.Condition.FromText(Prompt, Weight).For(Lora ?? folders.TextExpertOf(Model)); }
            var tensor = golden.Input(Picture)[0] * 2 - 1;
            var condition = Mcdm.Modalities.Condition.Of(Modality.Picture, PictureTensor.FromTensor(tensor), Weight).For(folders.NameOf(Control)).Scaled(Scale);
            return Prompt.Length == 0 ? condition : condition.Saying(Prompt);
        }
    }
}

/// <summary>The models of a case under names of their own, with the scheduler that the case wants in place of their own.</summary>
internal sealed class ImportedFolders(GoldenCase golden) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mcdm-golden-").FullName;
    private string? _first;

    public Model Import(IReadOnlyList<string> models, ImportOptions options, IReadOnlyList<string>? files = null)
    {
        _first = models[0];
        return ModelReader.Read([.. models.Select(Linked), .. files ?? []], options, CPU, ScalarType.Float32);
    }

    /// <summary>What the sibling that a model belongs to is called.</summary>
    public string NameOf(string model) => Path.GetFileName(Path.GetDirectoryName(model)!);

    public string TextExpertOf(string model) => model == _first ? "text" : NameOf(model);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Linked(string model)
    {
        string folder = Path.Combine(_folder, NameOf(model));
        if (!File.Exists(Path.Combine(model, "model_index.json")))
        {
            Links.Folder(folder, model);
            return folder;
        }
        Directory.CreateDirectory(folder);
        foreach (string entry in Directory.EnumerateFileSystemEntries(model).Where(entry => Path.GetFileName(entry) != "scheduler"))
        {
            string here = Path.Combine(folder, Path.GetFileName(entry));
            if (Directory.Exists(entry)) { Links.Folder(here, entry); }
            else { Links.File(here, entry); }
        }
        string own = Path.Combine(model, "scheduler", SchedulerConfig.FileName), changed = Path.Combine(folder, "scheduler", SchedulerConfig.FileName);
        Directory.CreateDirectory(Path.GetDirectoryName(changed)!);
        var config = JsonNode.Parse(File.ReadAllText(own))!.AsObject();
        foreach (var (key, value) in JsonNode.Parse(golden.Parameters.GetProperty("scheduler").GetRawText())!.AsObject()) { config[key == "class" ? "_class_name" : key] = value?.DeepClone(); }
        File.WriteAllText(changed, config.ToJsonString());
        return folder;
    }
}
