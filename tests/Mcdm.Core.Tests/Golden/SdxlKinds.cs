using Mcdm.Diffusion.Composition;
using Mcdm.Experts;
using Mcdm.Families.StableDiffusion.Experts;
using Mcdm.Families.StableDiffusion.Files;
using Mcdm.Families.StableDiffusion.Networks;
using Mcdm.Families.StableDiffusion.Prompts;
using Mcdm.Layers.Clip;
using Mcdm.Layers.Frozen;
using Mcdm.Layers.UNet2D;
using Mcdm.Weights;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Golden;

/// <summary>Single evaluations of Stable Diffusion XL's networks, as diffusers and transformers compute them.</summary>
internal sealed class SdxlKinds : IGoldenKind
{
    private const double Tolerance = 5e-5;

    public IReadOnlyList<string> Kinds => ["sdxl-tokens", "sdxl-text", "sdxl-text-inversion", "sdxl-time-ids", "sdxl-unet", "sdxl-vae",
        "sdxl-controlnet", "sdxl-controlnet-union", "sdxl-unet-controlled"];

    public void Check(GoldenCase golden)
    {
        if (golden.Kind is "sdxl-controlnet" or "sdxl-controlnet-union")
        {
            SdxlControls.Check(golden, Tolerance);
            return;
        }
        using var model = new SdxlModel(golden);
        switch (golden.Kind)
        {
            case "sdxl-tokens":
                _ = Chunks(golden, model, golden.Parameters.GetProperty("prompt").GetString()!);
                break;
            case "sdxl-text":
                Text(golden, model);
                break;
            case "sdxl-text-inversion":
                Inversion(golden, model);
                break;
            case "sdxl-time-ids":
                TimeIds(golden, model);
                break;
            case "sdxl-unet":
                golden.AssertClose("output", model.UNet().Forward(golden.Input("sample"), DiffusersKinds.Time(golden), golden.Input("context"), told: Told(golden)), Tolerance);
                break;
            case "sdxl-unet-controlled":
                golden.AssertClose("output", model.UNet().Forward(golden.Input("sample"), DiffusersKinds.Time(golden), golden.Input("context"),
                    SdxlControls.Added(golden, model.Files), Told(golden)), Tolerance);
                break;
            default:
                Autoencoder(golden, model.Autoencoder());
                break;
        }
    }

    public static TextTime Told(GoldenCase golden) => new(golden.Input("pooled"), golden.Input("time_ids"));

    private static void Text(GoldenCase golden, SdxlModel model)
    {
        var prompts = model.Prompts();
        if (golden.Parameter("prompt")?.GetString() is not { } prompt)
        {
            var none = prompts.Empty();
            golden.AssertClose("sequence", none.Context, Tolerance);
            golden.AssertClose("pooled", none.Pooled!, Tolerance);
            return;
        }
        var chunks = Chunks(golden, model, prompt);
        var encoded = prompts.Encoded(chunks.ConvertAll(chunk => (IReadOnlyList<PromptChunk>)[chunk]), null);
        golden.AssertClose("sequence", encoded.Context, Tolerance);
        golden.AssertClose("pooled", encoded.Pooled!, Tolerance);
    }

    /// <summary>A prompt for each text encoder, cut where it is too long, as the original has it.</summary>
    private static List<PromptChunk> Chunks(GoldenCase golden, SdxlModel model, string prompt)
    {
        string[] outputs = ["ids", "ids_2"], prompts = [prompt, golden.Parameter("prompt_2")?.GetString() ?? prompt];
        return model.Files.Texts.Select((text, i) =>
        {
            var ids = text.Tokenizer.Encode(prompts[i]).Tokens;
            golden.AssertEqual(outputs[i], tensor(ids.Select(id => (long)id).ToArray()).unsqueeze(0));
            return new PromptChunk(ids, [.. ids.Select(_ => 1f)], []);
        }).ToList();
    }

    /// <summary>As prompts name embeddings; of one that does not fit whole, the original reads as many vectors as do.</summary>
    private static void Inversion(GoldenCase golden, SdxlModel model)
    {
        var ids = golden.Output("ids")[0].data<long>().ToArray();
        int words = model.Files.Texts[0].Options.VocabSize;
        string prompt = golden.Parameters.GetProperty("prompt").GetString()!;
        var read = model.Prompts().Encode(prompt, PromptUse.Negative).Terms.Single().Prompt;
        if (read.Context.shape[1] > ids.Length)
        {
            var vectors = model.Embeddings.SelectMany(embedding => Enumerable.Range(0, embedding.Vectors).Select(i => (embedding, i))).ToList();
            string[] outputs = ["ids", "ids_2"];
            read = model.Prompts().Encoded(outputs.Select(output => (IReadOnlyList<PromptChunk>)[Cut(golden.Output(output)[0].data<long>().ToArray())]).ToList(), null);

            PromptChunk Cut(long[] all) => new(all.Select(id => (int)(id < words ? id : 0)).ToList(), [.. all.Select(_ => 1f)], all.Select((id, place) => (Id: id, place))
                .Where(token => token.Id >= words).Select(token => (token.place, Vector(vectors[(int)token.Id - words]))).ToList());
        }
        golden.AssertClose("sequence", read.Context, Tolerance);
        golden.AssertClose("pooled", read.Pooled!, Tolerance);

        static TextInversion Vector((TextInversion Embedding, int Place) of) => new(of.Embedding.Name, of.Embedding.Values.Select(vectors => vectors.narrow(0, of.Place, 1)).ToList());
    }

    private static void TimeIds(GoldenCase golden, SdxlModel model)
    {
        int[] Pair(string name) => golden.Parameters.GetProperty(name).EnumerateArray().Select(number => number.GetInt32()).ToArray();
        var (original, crop, target) = (Pair("original_size"), Pair("crop"), Pair("target_size"));
        var frame = new PictureFrame { Original = new(original[1], original[0]), Left = crop[1], Top = crop[0] };
        var space = new LatentSpace(4, target[0], target[1], new Mcdm.Diffusion.Process.VariancePreserving(LatentDiffusionFiles.PublishedSchedule));
        var sizes = frame.Sizes(space);
        golden.AssertEqual("time_ids", sizes);
        var options = model.Files.UNet.Options;
        var embedding = new TextTimeEmbedding(model.Weights(model.Files.UNet.Weights).At("add_embedding"), options, options.TextTime!.Value.Input, options.TextTime.Value.SizeChannels);
        golden.AssertClose("sinusoids", embedding.Sinusoids(sizes), Tolerance);
        golden.AssertClose("added", embedding.Forward(new(golden.Input("pooled"), sizes)), Tolerance);
    }

    private static void Autoencoder(GoldenCase golden, AutoencoderKL network)
    {
        var (mean, logVariance) = network.Encode(golden.Input("picture"));
        golden.AssertClose("mean", mean, Tolerance);
        golden.AssertClose("logvar", logVariance, Tolerance);
        using var codec = new KLCodec("golden", "golden", network, CPU, NewDisposeScope());
        var latents = codec.Encode(golden.Input("picture"));
        golden.AssertClose("latents", latents, Tolerance);
        golden.AssertClose("again", codec.Decode(latents), Tolerance);
    }
}

/// <summary>The model of a case, a folder or a single file, with the LoRAs and embeddings that it names.</summary>
internal sealed class SdxlModel : IDisposable
{
    private readonly GoldenCase _golden;
    private readonly List<IDisposable> _open = [];
    private readonly SharedLifetime _lifetime = new();
    private readonly List<(LoraFile File, double Scale)> _loras;

    public SdxlModel(GoldenCase golden)
    {
        _golden = golden;
        string folder = Path.Combine(golden.Model, golden.Parameter("folder")?.GetString() ?? "");
        Files = Opened(golden.Parameter("file") is { } file ? LatentDiffusionFile.Open(Path.Combine(folder, file.GetString()!), Tokenizer(), null, GoldenNetworks.Hints(golden.Parameters))
            : LatentDiffusionFolder.Open(folder, golden.Parameter("variant")?.GetString()));
        _loras = (golden.Parameter("loras")?.EnumerateArray() ?? []).Select(lora => (Read(lora.GetProperty("golden").GetString()!), lora.GetProperty("scale").GetDouble())).ToList();
        Embeddings = (golden.Parameter("inversions")?.EnumerateArray() ?? []).Select(entry =>
        {
            var read = Opened(TextInversionFile.Read(Path.Combine(golden.Folder.ModelOf(entry.GetProperty("golden").GetString()!), entry.GetProperty("file").GetString()!)));
            return new TextInversion(entry.GetProperty("token").GetString()!, read.Values) { Token = entry.GetProperty("token").GetString() };
        }).ToList();
        Encoders = Files.Texts.Select((text, i) => new TextEncoder(new PromptReader(text.Tokenizer, new TextInversions(Embeddings, text.Tokenizer)),
            new(new ClipTextModel(Weights(text.Weights, i == 0 ? LoraPart.Text : LoraPart.SecondText), text.Options, pools: i == 1)), CPU,
            (golden.Parameter("clip_skip")?.GetInt32() ?? 0) + 2, normalizes: false, place: i)).ToList();
    }

    public LatentDiffusionFiles Files { get; }

    public IReadOnlyList<TextEncoder> Encoders { get; }

    public IReadOnlyList<TextInversion> Embeddings { get; }

    public PromptEncoder Prompts() => new(Encoders, _lifetime, Files.NoneIsZero);

    public UNet2DConditionModel UNet() => new(Weights(Files.UNet.Weights, LoraPart.UNet), Files.UNet.Options);

    public AutoencoderKL Autoencoder() => new(Weights(Files.Autoencoder.Weights), Files.Autoencoder.Options);

    public FrozenWeights Weights(IWeights weights, LoraPart? part = null)
    {
        var own = Opened(new FrozenWeights(weights, CPU, ScalarType.Float32));
        return part is not { } changed || _loras.Count == 0 ? own
            : own.With(TensorChanges.Together(_loras.Select(lora => lora.File.ChangesOf(changed, weights, lora.Scale))));
    }

    public void Dispose()
    {
        _lifetime.GiveBack();
        foreach (var item in _open.AsEnumerable().Reverse()) { item.Dispose(); }
    }

    private string Tokenizer() => Path.Combine(_golden.Folder.ModelOf(_golden.Parameters.GetProperty("config").GetString()!),
        _golden.Parameter("config_folder")?.GetString() ?? "", "tokenizer");

    private LoraFile Read(string golden)
    {
        using var source = LoraSource.Open(SdxlLoras.PathOf(_golden, golden));
        return Opened(LoraFile.Read(source, CPU, ScalarType.Float32));
    }

    private T Opened<T>(T item) where T : IDisposable
    {
        _open.Add(item);
        return item;
    }
}

/// <summary>
/// The LoRAs of Stable Diffusion XL's cases. Of a file with several alphas, and layers without one, diffusers takes the most frequent alpha of a network for its
/// layers without one, for the attention of text encoders, and for all of the first: its cases are compared with a copy of the file that says so (README says
/// alpha / rank of each layer and the rank where there is none, as it is here and in other programs).
/// </summary>
internal static class SdxlLoras
{
    private const float OfFirst = 1.5f, OfOthers = 1;

    private static readonly Lazy<string> s_folder = new(() =>
    {
        string folder = Directory.CreateTempSubdirectory("mcdm-golden-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        return folder;
    });

    public static string PathOf(GoldenCase golden, string folder)
    {
        string file = Directory.EnumerateFiles(golden.Folder.ModelOf(folder)).Single();
        if (Path.GetFileName(folder) != "sdxl-tiny-lora-diffusers-names") { return file; }
        lock (s_folder)
        {
            string copy = Path.Combine(s_folder.Value, Path.GetFileName(file));
            if (!File.Exists(copy)) { WriteWithOneAlpha(file, copy); }
            return copy;
        }
    }

    private static void WriteWithOneAlpha(string file, string copy)
    {
        using var scope = NewDisposeScope();
        using var source = SafeTensorsFile.Open(file);
        var tensors = source.Names.Where(name => !name.EndsWith(".alpha", StringComparison.Ordinal)).Select(name => (name, source.Read(name))).ToList();
        var layers = tensors.ConvertAll(tensor => tensor.name[..tensor.name.IndexOf('.', StringComparison.Ordinal)]).Distinct();
        SafeTensorsWriter.Write(copy, [.. tensors, .. layers.Select(layer => ($"{layer}.alpha", Alpha(layer)))], null);

        Tensor Alpha(string layer) => layer.StartsWith("lora_te1_", StringComparison.Ordinal) ? tensor(OfFirst)
            : source.Names.Contains($"{layer}.alpha") && !layer.StartsWith("lora_te2_text_model_encoder_layers_", StringComparison.Ordinal) ? source.Read($"{layer}.alpha")
            : source.Names.Contains($"{layer}.alpha") && layer.Contains("_mlp_", StringComparison.Ordinal) ? source.Read($"{layer}.alpha") : tensor(OfOthers);
    }
}

/// <summary>Whole runs of Stable Diffusion XL: the pipeline of diffusers, and compositions by rule (12).</summary>
internal sealed class SdxlRunKinds : IGoldenKind
{
    private const double Tolerance = 5e-4, ZeroTerminalTolerance = 1e-3;

    public IReadOnlyList<string> Kinds => ["sdxl-run-pipeline", "sdxl-run-composed"];

    public void Check(GoldenCase golden)
    {
        using var run = new GoldenRun(golden);
        bool composed = golden.Kind == "sdxl-run-composed";
        run.Check(composed ? run.ComposedConditions() : run.PipelineConditions(),
            composed ? new Product() : golden.Parameter("controlnets")?.EnumerateArray().Any(control => control.TryGetProperty("types", out _)) == true ? new Fused() : new Residual(),
            run.Model.Space.Process.IsZeroTerminal ? ZeroTerminalTolerance : Tolerance);
    }
}
