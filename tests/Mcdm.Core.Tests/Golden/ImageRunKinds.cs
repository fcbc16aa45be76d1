using System.Text.Json;
using Mcdm.Diffusion.Composition;
using Mcdm.Diffusion.Process;
using Mcdm.Diffusion.Samplers;
using Mcdm.Experts;
using Mcdm.Families;
using Mcdm.Families.StableDiffusion.Experts;
using Mcdm.Imaging;
using Mcdm.Modalities;
using Mcdm.Runtime;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Golden;

/// <summary>
/// Whole runs with image prompts, T2I-Adapters and ControlNets: diffusers' pipelines, which are the combiner Residual, and compositions by rule (12). Models are
/// imported as users import them.
/// </summary>
internal sealed class ImageRunKinds : IGoldenKind
{
    private const double RunTolerance = 5e-4, SingleTolerance = 1e-4;

    public IReadOnlyList<string> Kinds => ["run-image", "run-image-composed"];

    public void Check(GoldenCase golden)
    {
        if (golden.HasInput("time_ids"))
        {
            Alone(golden);
            return;
        }
        bool isComposed = golden.Kind == "run-image-composed";
        var entries = isComposed ? golden.Parameters.GetProperty("experts").EnumerateArray().ToList() : [golden.Parameters];
        using var folders = new ImportedFolders(golden);
        var files = entries.SelectMany(entry => Parts(entry, "ip")).SelectMany(ip => Named(golden, ip, "file", "encoder")).Distinct().ToList();
        var models = entries.SelectMany(entry => Parts(entry, "t2i").Concat(Parts(entry, "controlnets"))).Select(part => FolderOf(golden, part)).Distinct().ToList();
        using var model = folders.Import([golden.Model, .. models], new ImportOptions(), files);
        var start = golden.Input("start");
        var space = model.Space.At((int)start.shape[3] * model.Space.Factor, (int)start.shape[2] * model.Space.Factor);
        var experts = model.At(space.PictureWidth, space.PictureHeight).Experts.ToList();
        var conditions = new List<Condition>();
        foreach (var (entry, i) in entries.Select((entry, i) => (entry, i)))
        {
            var pictures = PicturesOf(golden, entry, folders, isComposed ? $"e{i}_" : "").ToList();
            string prompt = entry.GetProperty("prompt").GetString()!;
            if (!isComposed)
            {
                conditions.Add(Condition.FromText(prompt, entry.GetProperty("guidance").GetDouble()).For("text"));
                conditions.AddRange(pictures);
                continue;
            }
            double weight = entry.GetProperty("weight").GetDouble();
            if (pictures.Count <= 1)
            {
                conditions.Add(pictures.Count == 0 ? Condition.FromText(prompt, weight).For("text")
                    : (prompt.Length == 0 ? pictures[0] : pictures[0].Saying(prompt)).Weighted(weight));
                continue;
            }
            experts.Add(new Joint(experts, experts.First(expert => expert.Name == "text"), pictures));
            conditions.Add(Condition.FromText(prompt, weight).For(Joint.JointName));
        }
        Run(golden, model, space, experts, conditions, isComposed ? new Product() : new Residual());
    }

    /// <summary>Runs of a U-Net of Stable Diffusion XL whose prompts stand in the case.</summary>
    private static void Alone(GoldenCase golden)
    {
        using var unet = new UNetAlone(golden);
        var denoiser = new StableDiffusionDenoiser(unet.Network);
        var scheduler = unet.Host.Model.Scheduler;
        var process = new VariancePreserving(scheduler.Schedule);
        Func<Tensor, NoiseLevel, Tensor> predict;
        if (golden.Kind == "run-image")
        {
            double guidance = golden.Parameters.GetProperty("guidance").GetDouble();
            var schedule = golden.Parameter("factor") is { } factor ? ScheduleOf(golden, process, scheduler.Sampling, factor.GetDouble()) : null;
            var wanted = unet.Inputs(golden.Input("context"), golden.Input("pooled"), golden.Parameters, schedule: schedule);
            var rest = unet.Inputs(golden.Input("negative_context"), golden.Input("negative_pooled"), golden.Parameters, schedule: schedule, nothing: true);
            predict = (z, level) =>
            {
                var u = denoiser.Predict(z, level, rest);
                return u + guidance * (denoiser.Predict(z, level, wanted) - u);
            };
        }
        else
        {
            var experts = golden.Parameters.GetProperty("experts").EnumerateArray().Select((entry, i) =>
                (Weight: entry.GetProperty("weight").GetDouble(), Inputs: unet.Inputs(golden.Input($"e{i}_context"), golden.Input($"e{i}_pooled"), entry, $"e{i}_"))).ToList();
            var rest = unet.Inputs(zeros_like(golden.Input("e0_context")), zeros_like(golden.Input("e0_pooled")), null);
            bool first = true;
            predict = (z, level) =>
            {
                var u = denoiser.Predict(z, level, rest);
                var composed = experts.Aggregate(u, (sum, expert) => sum + expert.Weight * (denoiser.Predict(z, level, expert.Inputs) - u));
                if (first) { golden.AssertClose("first_prediction", composed, SingleTolerance); }
                first = false;
                return composed;
            };
        }
        new SchedulerCase(golden, scheduler, process).Check(predict, RunTolerance);
    }

    /// <summary>1 in the first so many of the steps, 0 afterwards.</summary>
    private static WeightSchedule ScheduleOf(GoldenCase golden, DiffusionProcess process, SamplerOptions sampling, double factor)
    {
        int steps = golden.Parameters.GetProperty("steps").GetInt32();
        return new WeightSchedule([.. SamplingPath.Of(process, sampling with { Steps = steps }).Steps.Select((step, i) =>
            i < (int)(steps * factor) ? new WeightPoint((int)Math.Floor(step.From.T), 1) : new WeightPoint((int)Math.Ceiling(step.From.T), 0))]);
    }

    private static void Run(GoldenCase golden, Model model, LatentSpace space, IReadOnlyList<IExpert> experts, IReadOnlyList<Condition> conditions, Combiner combiner)
    {
        var sampling = model.Sampling! with { Steps = golden.Parameters.GetProperty("steps").GetInt32() };
        string? negative = golden.Parameter("negative_prompt")?.GetString() is { Length: > 0 } text ? text : null;
        using var composition = new Composition(experts, conditions, combiner: combiner, negativePrompt: negative);
        using var composer = new Composer([composition]);
        var path = SamplingPath.Of(space.Process, sampling);
        using var predictor = new ComposedPredictor(composer.Predict, combiner.RuleOf(path.Steps));
        var (seen, start) = (new List<Tensor>(), golden.Input("start"));
        var end = Sampler.Sample((z, level) =>
        {
            var prediction = predictor.Predict(z, level);
            if (seen.Count == 0 && golden.HasOutput("first_prediction")) { golden.AssertClose("first_prediction", prediction.Value, SingleTolerance); }
            seen.Add(z.clone().DetachFromDisposeScope());
            return prediction;
        }, space.Process, () => start.clone(), sampling);
        golden.AssertEqual("timesteps", tensor(path.Steps.Select(step => (float)(step.From.T - 1)).ToArray()));
        golden.AssertClose("trajectory", cat([.. seen.Skip(1), end]), RunTolerance);
        golden.AssertClose("latents", end, RunTolerance);
        seen.ForEach(z => z.Dispose());
    }

    /// <summary>The pictures of an expert, or of a pipeline, as a user would give them.</summary>
    private static IEnumerable<Condition> PicturesOf(GoldenCase golden, JsonElement entry, ImportedFolders folders, string prefix)
    {
        foreach (var (ip, i) in Parts(entry, "ip").Select((part, i) => (part, i)))
        {
            for (int j = 0; golden.HasInput($"{prefix}photo{i}_{j}"); j++)
            {
                var scale = ip.GetProperty("scale");
                var condition = Condition.Of(Modality.Picture, ImageKinds.Photo(golden.Input($"{prefix}photo{i}_{j}"))).For(ModelName.Of(Named(golden, ip, "file").Single()))
                    .Scaled((scale.ValueKind == JsonValueKind.Array ? scale[j] : scale).GetDouble());
                yield return golden.HasInput($"{prefix}mask{i}") ? condition.Weighted(1, null, Shown(golden.Input($"{prefix}mask{i}").narrow(1, j, 1)[0])) : condition;
            }
        }
        foreach (var (kind, role) in new[] { ("t2i", "hint"), ("controlnets", "control") })
        {
            foreach (var (part, i) in Parts(entry, kind).Select((part, i) => (part, i)))
            {
                yield return Condition.Of(Modality.Picture, Shown(golden.Input($"{prefix}{role}{i}")[0])).For(folders.NameOf(FolderOf(golden, part)))
                    .Scaled(part.GetProperty("scale").GetDouble());
            }
        }
    }

    private static IEnumerable<JsonElement> Parts(JsonElement entry, string kind) => entry.TryGetProperty(kind, out var parts) ? parts.EnumerateArray() : [];

    private static string FolderOf(GoldenCase golden, JsonElement part) => golden.Folder.ModelOf(part.GetProperty("golden").GetString()!);

    private static IEnumerable<string> Named(GoldenCase golden, JsonElement part, params string[] keys)
    {
        string folder = part.TryGetProperty("golden", out _) ? FolderOf(golden, part) : golden.Folder.Model;
        return keys.Select(key => Path.Combine(folder, part.GetProperty(key).GetString()!));
    }

    /// <summary>A picture of 1 or 3 channels in 0…1.</summary>
    public static Picture Shown(Tensor picture) => PictureTensor.FromTensor(picture.expand(3, -1, -1) * 2 - 1);

    /// <summary>A prompt with several pictures inside one evaluation, which no condition of one expert says.</summary>
    private sealed class Joint(IReadOnlyList<IExpert> experts, IExpert text, IReadOnlyList<Condition> pictures) : IExpert
    {
        public const string JointName = "joint";

        public string Name => JointName;

        public Modality? Modality => text.Modality;

        public LatentSpace Space => text.Space;

        public EncodedInputs Encode(Condition condition, Action<string>? note = null)
        {
            var encoded = text.Encode(condition, note);
            return encoded with
            {
                Inputs = pictures.Aggregate(encoded.Inputs, (inputs, picture) => inputs.Adding(experts.For(picture).Encode(picture).Inputs, null, null)!),
            };
        }

        public Tensor Predict(Tensor z, NoiseLevel level, ExpertInputs? inputs) => text.Predict(z, level, inputs);
    }
}
