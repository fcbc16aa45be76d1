using System.Text.Json.Nodes;
using Mcdm.Diffusion.Composition;
using Mcdm.Experts;
using Mcdm.Families;
using Mcdm.Imaging;
using Mcdm.Modalities;
using Mcdm.Registries;
using Mcdm.Sampling;
using Mcdm.Sampling.Jobs;
using Mcdm.Tables;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Checkpoints;

/// <summary>Stable Diffusion XL as users import it and sample with it, and what they may take for a part of it.</summary>
public sealed class SdxlTests : IDisposable
{
    private const int Side = 64;

    private readonly string _folder = Directory.CreateTempSubdirectory("mcdm-sdxl-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string Golden(string name) => Path.Combine(Checkout.Folder, "tests", "golden", name, "model");

    private static string FileOf(string name) => Directory.EnumerateFiles(Golden(name)).Order(StringComparer.Ordinal).First(file => file.EndsWith(".safetensors", StringComparison.Ordinal));

    private static Model Read(ImportOptions? options = null, params string[] names) => ModelReader.Read(names.Select(Golden).ToList(), options ?? new(), CPU, ScalarType.Float32);

    private static McdmException Refused(Action action) => Assert.Throws<McdmException>(action);

    private static Picture Stripes()
    {
        var rgba = new byte[Side * Side * 4];
        for (int i = 0; i < rgba.Length; i++) { rgba[i] = i % 4 == 3 || i / 4 % 16 < 8 ? (byte)255 : (byte)(i / Side % 256); }
        return new Picture(Side, Side, rgba);
    }

    private static Condition Shown(string expert) => Condition.Of(Modality.Picture, Stripes()).For(expert);

    private static McdmImage Sampled(Model model, GenerationRequest request, Action<string>? note = null) =>
        new ImageGenerator(model) { Note = note }.Generate(Steps(model, request)).Single();

    private static GenerationRequest Steps(Model model, GenerationRequest request) => request with { Seed = 3, Sampling = model.Sampling! with { Steps = 2 } };

    private static McdmImage Again(Model model, McdmImage image) => new ImageGenerator(model).Generate(Recipe.FromJson(image.Recipe!.ToJson()).ToRequest()).Single();

    private static bool IsSame(McdmImage one, McdmImage other) => one.Picture.GetRgba().AsSpan().SequenceEqual(other.Picture.GetRgba());

    [Fact]
    public void A_picture_looks_cut_out_of_what_is_said_and_its_recipe_makes_it_again()
    {
        using var model = Read(null, "sdxl-tiny");
        var request = new GenerationRequest { Conditions = [Condition.FromText("a fox", 5)] };
        var framed = request with { Frame = new PictureFrame { Original = new(32, 48), Left = 7, Top = 3 } };
        McdmImage plain = Sampled(model, request), cut = Sampled(model, framed);
        Assert.False(IsSame(plain, cut));
        Assert.Null(plain.Recipe!.Frame);
        // What is said and is the usual changes nothing.
        Assert.True(IsSame(plain, Sampled(model, request with { Frame = new PictureFrame { Original = new(Side, Side) } })));
        var recipe = Recipe.FromJson(cut.Recipe!.ToJson());
        Assert.Equal(framed.Frame, recipe.Frame);
        Assert.True(IsSame(cut, new ImageGenerator(model).Generate(recipe.ToRequest()).Single()));
        // Two pictures of one batch may be cut otherwise.
        var generator = new ImageGenerator(model);
        foreach (var one in new[] { framed, request }) { generator.Add(Steps(model, one)); }
        var both = generator.Sample(rest: true).SelectMany(batch => batch.Images).ToList();
        Assert.InRange(both[0].Picture.GetRgba().Zip(cut.Picture.GetRgba(), (a, b) => Math.Abs(a - b)).Max(), 0, 1);
        Assert.InRange(both[1].Picture.GetRgba().Zip(plain.Picture.GetRgba(), (a, b) => Math.Abs(a - b)).Max(), 0, 1);
        using var other = Read(null, "sd1-tiny");
        Assert.Contains("OriginalSize", Refused(() => Sampled(other, framed)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_negative_prompt_is_another_than_none()
    {
        using var model = Read(null, "sdxl-tiny");
        var request = new GenerationRequest { Conditions = [Condition.FromText("a fox", 5)] };
        Assert.False(IsSame(Sampled(model, request), Sampled(model, request with { NegativePrompt = "" })));
        using var other = Read(null, "sd1-tiny");
        var image = Sampled(other, request with { NegativePrompt = "" });
        Assert.Null(image.Recipe!.NegativePrompt);
        Assert.True(IsSame(Sampled(other, request), image));
    }

    [Fact]
    public void A_size_that_it_did_not_learn_from_is_told()
    {
        using var model = Read(null, "sdxl-tiny");
        var notes = new List<string>();
        Sampled(model, new GenerationRequest { Conditions = [Condition.FromText("a fox")] }, notes.Add);
        Assert.DoesNotContain(notes, note => note.Contains("learnt from", StringComparison.Ordinal));
        Sampled(model, new GenerationRequest { Conditions = [Condition.FromText("a fox")], Width = 48, Height = 80 }, notes.Add);
        Assert.Contains(notes, note => note.Contains("48×80", StringComparison.Ordinal) && note.Contains("learnt from", StringComparison.Ordinal));
    }

    [Fact]
    public void Prompts_pictures_a_LoRA_and_an_embedding_compose_in_one_picture_and_its_recipe_makes_it_again()
    {
        using var model = Read(new() { Loras = [FileOf("sdxl-tiny-lora-ldm-names")], Embeddings = [FileOf("sdxl-tiny-inversion")] }, "sdxl-tiny", "sdxl-tiny-control-small",
            "sdxl-tiny-control-mid", "sdxl-tiny-control-union");
        Assert.Equal(["canny", "depth", "normal", "pose", "scribble", "segment"],
            model.Experts.Select(expert => expert.Name.Split('.')).Where(name => name is ["sdxl-tiny-control-union", _]).Select(name => name[1]).Order());
        // The types are one network.
        var union = model.Experts.Where(expert => expert.Name.StartsWith("sdxl-tiny-control-union.", StringComparison.Ordinal)).ToList();
        Assert.Single(union.Select(expert => expert.Networks.Last().Network).Distinct());
        string long_ = string.Join(", ", Enumerable.Repeat("a (fox:1.2) of foxstyle in [snow]", 12));
        var request = new GenerationRequest
        {
            Conditions =
            [
                Condition.FromText(long_, 3).For("text"), Condition.FromText("a fox", 2).For(ModelName.Of(FileOf("sdxl-tiny-lora-ldm-names"))), Shown("sdxl-tiny-control-small"),
                Shown("sdxl-tiny-control-mid").Weighted(0.5, null, Stripes()), Shown("sdxl-tiny-control-union.canny").Scaled(0.7), Shown("sdxl-tiny-control-union.depth"),
            ],
            NegativePrompt = "rain",
        };
        var image = Sampled(model, request);
        Assert.True(IsSame(image, Again(model, image)));
        // A LoRA, an embedding and a ControlNet of the other family, each with both named.
        Assert.Contains("Stable Diffusion XL", Refused(() => Read(new() { Loras = [FileOf("sdxl-tiny-lora-ldm-names")] }, "sd1-tiny")).Message, StringComparison.Ordinal);
        var width = Refused(() => Read(new() { Embeddings = [FileOf("sdxl-tiny-inversion")] }, "sd1-tiny"));
        Assert.Equal("EmbeddingWidth", width.Id);
        Assert.Contains("Stable Diffusion XL", width.Message, StringComparison.Ordinal);
        Assert.Contains("Stable Diffusion 1.x", width.Message, StringComparison.Ordinal);
        foreach (var (basis, control) in new[] { ("sd1-tiny", "sdxl-tiny-control-mid"), ("sdxl-tiny", "sd1-tiny-canny") })
        {
            var mismatch = Refused(() => Read(null, basis, control));
            Assert.Equal("ControlNetMismatch", mismatch.Id);
            Assert.Contains("Stable Diffusion XL", mismatch.Message, StringComparison.Ordinal);
            Assert.Contains("Stable Diffusion 1.x", mismatch.Message, StringComparison.Ordinal);
        }
        // A type that the file has not: those that it has are listed.
        var missing = Refused(() => Sampled(model, new GenerationRequest { Conditions = [Shown("sdxl-tiny-control-union.tile")] }));
        Assert.Equal("ExpertMissing", missing.Id);
        Assert.Contains("sdxl-tiny-control-union.canny", missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Types_of_a_union_fuse_as_it_was_trained_or_add_up_or_compose()
    {
        using var model = Read(null, "sdxl-tiny", "sdxl-tiny-control-small", "sdxl-tiny-control-union");
        Condition prompt = Condition.FromText("a fox", 4), one = Shown("sdxl-tiny-control-union.canny"), two = Shown("sdxl-tiny-control-union.depth");
        McdmImage Of(Combiner combiner, params Condition[] conditions) => Sampled(model, new GenerationRequest { Conditions = conditions, Combiner = combiner });
        var fused = Of(new Fused(), prompt, one, two);
        Assert.False(IsSame(fused, Of(new Residual(), prompt, one, two)));
        Assert.False(IsSame(fused, Of(new Product(), prompt, one, two)));
        Assert.True(IsSame(fused, Again(model, fused)));
        // One type alone, and what is no union's, are added as elsewhere.
        Assert.True(IsSame(Of(new Fused(), prompt, one), Of(new Residual(), prompt, one)));
        Assert.True(IsSame(Of(new Fused(), prompt, one, Shown("sdxl-tiny-control-small")), Of(new Residual(), prompt, one, Shown("sdxl-tiny-control-small"))));
        Assert.Equal("CombinerFused", Refused(() => Of(new Fused(), prompt, Shown("sdxl-tiny-control-small"))).Id);
    }

    [Fact]
    public void Parts_of_another_version_the_refiner_and_Playground_are_refused_by_name()
    {
        // The first text encoder is of the kind of version 1's; the second is not.
        string mixed = Copy("sdxl-tiny", "mixed", skip: "text_encoder_2");
        Links.Folder(Path.Combine(mixed, "text_encoder_2"), Path.Combine(Golden("sd1-tiny"), "text_encoder"));
        var parts = Refused(() => ModelReader.Read([mixed], new(), CPU, ScalarType.Float32));
        Assert.Equal("UNetContext", parts.Id);
        Assert.Contains("Stable Diffusion XL", parts.Message, StringComparison.Ordinal);

        string refiner = Copy("sdxl-tiny", "refiner", skip: "model_index.json");
        Index(refiner, index =>
        {
            index["_class_name"] = "StableDiffusionXLImg2ImgPipeline";
            index["text_encoder"] = new JsonArray(null, null);
            index["tokenizer"] = new JsonArray(null, null);
        });
        Assert.Contains("refiner", Refused(() => ModelReader.Read([refiner], new(), CPU, ScalarType.Float32)).Message, StringComparison.Ordinal);

        string playground = Copy("sdxl-tiny", "playground", skip: "model_index.json");
        Index(playground, index => index["scheduler"] = new JsonArray("diffusers", "EDMDPMSolverMultistepScheduler"));
        Assert.Contains("Playground", Refused(() => ModelReader.Read([playground], new(), CPU, ScalarType.Float32)).Message, StringComparison.Ordinal);

        void Index(string folder, Action<JsonObject> change)
        {
            var index = JsonNode.Parse(File.ReadAllText(Path.Combine(Golden("sdxl-tiny"), "model_index.json")))!.AsObject();
            change(index);
            File.WriteAllText(Path.Combine(folder, "model_index.json"), index.ToJsonString());
        }
    }

    [Fact]
    public void Experts_of_another_process_compose_at_the_same_ratio_of_signal_to_noise()
    {
        string other = Copy("sdxl-tiny", "other", skip: "scheduler");
        Directory.CreateDirectory(Path.Combine(other, "scheduler"));
        var scheduler = JsonNode.Parse(File.ReadAllText(Path.Combine(Golden("sdxl-tiny"), "scheduler", "scheduler_config.json")))!.AsObject();
        (scheduler["rescale_betas_zero_snr"], scheduler["prediction_type"]) = (true, "v_prediction");
        File.WriteAllText(Path.Combine(other, "scheduler", "scheduler_config.json"), scheduler.ToJsonString());
        using var joined = ModelReader.Read([Golden("sdxl-tiny"), other], new(), CPU, ScalarType.Float32);
        var notes = new List<string>();
        var image = Sampled(joined, new GenerationRequest { Conditions = [Condition.FromText("a fox", 2).For("text"), Condition.FromText("a cat", 1.5).For("other")] }, notes.Add);
        Assert.DoesNotContain(notes, note => note.Contains("noisiest", StringComparison.Ordinal));
        Assert.True(IsSame(image, Again(joined, image)));
        // A run that begins at noise alone goes beyond what the other knows.
        using var reversed = ModelReader.Read([other, Golden("sdxl-tiny")], new(), CPU, ScalarType.Float32);
        Assert.True(reversed.Space.Process.IsZeroTerminal);
        var conditions = new[] { Condition.FromText("a fox", 2).For("text"), Condition.FromText("a cat", 0.5).For("sdxl-tiny") };
        var request = new GenerationRequest { Conditions = conditions, Seed = 1, Sampling = reversed.Sampling! with { Steps = 2, Sampler = new Mcdm.Diffusion.Samplers.Ddim(), Spacing = null } };
        var picture = new ImageGenerator(reversed) { Note = notes.Add }.Generate(request).Single();
        Assert.Contains(notes, note => note.Contains("noisiest", StringComparison.Ordinal));
        Assert.True(picture.Picture.GetRgba().Distinct().Skip(1).Any());
    }

    [Fact]
    public void Sizes_are_two_numbers_in_a_row_and_none_is_negative()
    {
        static Row Row(string name, object value) => new([KeyValuePair.Create<string, object?>(name, value)]);
        var (size, origin) = ((PairColumn)JobColumns.Find("OriginalSize")!, (PairColumn)JobColumns.Find("CropOrigin")!);
        foreach (object value in new object[] { "1024,1536", "1024x1536", " 1024 × 1536 ", new object[] { 1024, "1536" } })
        {
            Row("OriginalSize", value).Check([size]);
            Assert.Equal([1024, 1536], Row("OriginalSize", value).Get(size)!);
        }
        Assert.Equal([0, 7], Row("CropOrigin", "0,7").Get(origin)!);
        foreach (var (name, value, told) in new (string, object, string)[] { ("CropOrigin", "-1,0", "-1 is out of range"), ("OriginalSize", "0x5", "out of range"), ("OriginalSize", "5", "two whole numbers"),
            ("OriginalSize", "a,b", "two whole numbers"), ("CropOrigin", new object[] { 1, 2, 3 }, "two whole numbers") })
        {
            Assert.Contains(told, Refused(() => Row(name, value).Check(JobColumns.All)).Message, StringComparison.Ordinal);
        }
    }

    /// <summary>A golden folder by links, but for one entry.</summary>
    private string Copy(string golden, string name, string skip)
    {
        string folder = Path.Combine(_folder, name);
        Directory.CreateDirectory(folder);
        foreach (string entry in Directory.EnumerateFileSystemEntries(Golden(golden)).Where(entry => Path.GetFileName(entry) != skip))
        {
            string here = Path.Combine(folder, Path.GetFileName(entry));
            if (Directory.Exists(entry)) { Links.Folder(here, entry); }
            else { Links.File(here, entry); }
        }
        return folder;
    }
}
