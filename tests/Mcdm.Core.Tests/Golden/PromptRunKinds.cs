using System.Text.Json;
using Mcdm.Diffusion.Composition;
using Mcdm.Diffusion.Process;
using Mcdm.Diffusion.Samplers;
using Mcdm.Experts;
using Mcdm.Families;
using Mcdm.Families.StableDiffusion.Experts;
using Mcdm.Modalities;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Golden;

/// <summary>
/// Whole runs with prompts in AUTOMATIC1111's language: by diffusers' pipeline, whose two texts are padded to one length, and by rule (12), each expert at its own
/// length and with its own clip skip and embeddings.
/// </summary>
internal sealed class PromptRunKinds : IGoldenKind
{
    private const double Tolerance = 5e-4, SingleTolerance = 5e-5;

    public IReadOnlyList<string> Kinds => ["run-prompted", "run-composed-prompted", "run-inverted"];

    public void Check(GoldenCase golden)
    {
        using var models = new Models(golden);
        bool isComposed = golden.Kind == "run-composed-prompted";
        var start = golden.Input("start");
        var rest = isComposed ? models.Of(golden.Parameters.GetProperty("unconditional")) : models.Of(golden.Parameters);
        var (space, sampling) = (rest.Space, rest.Sampling! with { Steps = golden.Parameters.GetProperty("steps").GetInt32() });
        space = space.At((int)start.shape[3] * space.Factor, (int)start.shape[2] * space.Factor);
        var experts = new List<IExpert> { new Renamed("unconditional", rest.Unconditional.At(space.PictureWidth, space.PictureHeight)) };
        var conditions = new List<Condition>();
        string? negative = (isComposed ? Text(golden.Parameters.GetProperty("unconditional"), "prompt") : Text(golden.Parameters, "negative_prompt")) is { Length: > 0 } text ? text : null;
        foreach (var (prompt, weight, options) in Terms(golden))
        {
            string name = $"text{conditions.Count}";
            experts.Add(new Renamed(name, models.Of(options).Expert(Modality.Text).At(space.PictureWidth, space.PictureHeight)));
            conditions.Add(Condition.FromText(prompt, weight).For(name));
        }
        if (golden.Kind == "run-prompted") { Pad(golden, experts, conditions[0].Text!, negative); }
        using var composition = new Composition(experts, conditions, negativePrompt: negative);
        using var composer = new Composer([composition]);
        var path = SamplingPath.Of(space.Process, sampling);
        using var predictor = new ComposedPredictor(composer.Predict, new Product().RuleOf(path.Steps));
        var seen = new List<Tensor>();
        var end = Sampler.Sample((z, level) =>
        {
            var prediction = predictor.Predict(z, level);
            if (seen.Count == 0 && golden.HasOutput("first_prediction")) { golden.AssertClose("first_prediction", prediction.Value, SingleTolerance); }
            seen.Add(z.clone().DetachFromDisposeScope());
            return prediction;
        }, space.Process, () => start.clone(), sampling);
        golden.AssertEqual("timesteps", tensor(path.Steps.Select(step => (long)Math.Round(step.From.T - 1)).ToArray()));
        golden.AssertClose("trajectory", cat([.. seen.Skip(1), end]), Tolerance);
        golden.AssertClose("latents", end, Tolerance);
        seen.ForEach(z => z.Dispose());
    }

    private static IEnumerable<(string Prompt, double Weight, JsonElement Options)> Terms(GoldenCase golden) =>
        golden.Kind != "run-composed-prompted" ? [(Text(golden.Parameters, "prompt")!, golden.Parameters.GetProperty("guidance").GetDouble(), golden.Parameters)]
        : golden.Parameter("and") is { } and ? [(and.GetString()!, golden.Parameters.GetProperty("guidance").GetDouble(), golden.Parameters.GetProperty("experts")[0])]
        : golden.Parameters.GetProperty("experts").EnumerateArray().Select(expert => (Text(expert, "prompt")!, expert.GetProperty("weight").GetDouble(), expert));

    private static string? Text(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value.GetString() : null;

    /// <summary>As the pipeline wants them: the shorter of both contexts with those of empty prompts behind it.</summary>
    private static void Pad(GoldenCase golden, IReadOnlyList<IExpert> experts, string prompt, string? negative)
    {
        using var prompts = new GoldenPrompts(golden);
        var empty = prompts.Encoder.Empty().Context;
        var (positive, without) = PromptEmbeddingKinds.Padded(prompts.Encode(prompt), negative is null ? empty : prompts.Encode(negative), empty);
        if (golden.HasOutput("positive")) { golden.AssertClose("positive", positive, SingleTolerance); }
        if (golden.HasOutput("negative")) { golden.AssertClose("negative", without, SingleTolerance); }
        (((Renamed)experts[1]).Replaced, ((Renamed)experts[0]).Replaced) = (positive, without);
    }

    /// <summary>The case's model once for each way in which its experts read prompts.</summary>
    private sealed class Models(GoldenCase golden) : IDisposable
    {
        private readonly DirectoryInfo _copies = Directory.CreateTempSubdirectory("mcdm-golden-");
        private readonly Dictionary<string, (ImportedFolders Folders, Model Model)> _read = [];

        public Model Of(JsonElement options)
        {
            int skip = options.TryGetProperty("clip_skip", out var given) ? given.GetInt32() : 1;
            var files = options.TryGetProperty("embeddings", out var named) ? named.EnumerateArray().Select(Named).ToList() : [];
            string key = string.Join('\n', files.Append($"{skip}"));
            if (!_read.TryGetValue(key, out var read))
            {
                var folders = new ImportedFolders(golden);
                _read[key] = read = (folders, folders.Import([golden.Model], new ImportOptions { ClipSkip = skip, Embeddings = files }));
            }
            return read.Model;
        }

        public void Dispose()
        {
            foreach (var (folders, model) in _read.Values)
            {
                model.Dispose();
                folders.Dispose();
            }
            _copies.Delete(recursive: true);
        }

        /// <summary>Embeddings answer to their files' names; the token that a case gives one is read from a file of that name.</summary>
        private string Named(JsonElement entry)
        {
            string file = GoldenPrompts.FileOf(golden, entry);
            if (!entry.TryGetProperty("token", out var token)) { return file; }
            string copy = Path.Combine(_copies.FullName, token.GetString()! + Path.GetExtension(file));
            File.Copy(file, copy, overwrite: true);
            return copy;
        }
    }

    /// <summary>An expert under another name, which may read another context than the prompt's.</summary>
    private sealed class Renamed(string name, IExpert inner) : IExpert
    {
        public Tensor? Replaced { get; set; }

        public string Name => name;

        public Modality? Modality => inner.Modality;

        public LatentSpace Space => inner.Space;

        public IDenoiser? Denoiser => inner.Denoiser;

        public EncodedInputs Encode(Condition condition, Action<string>? note = null)
        {
            var encoded = inner.Encode(condition, note);
            return Replaced is null ? encoded : encoded with { Inputs = Read(encoded.Inputs) };
        }

        public ExpertInputs? Unconditioned() => Replaced is null ? inner.Unconditioned() : Read(inner.Unconditioned()!);

        public Tensor Predict(Tensor z, NoiseLevel level, ExpertInputs? inputs) => inner.Predict(z, level, inputs);

        private StableDiffusionInputs Read(ExpertInputs inputs) => (StableDiffusionInputs)inputs with { Prompt = new(Replaced!.clone()) };
    }
}
