using Mcdm.Core.Tests.Checkpoints;
using Mcdm.Core.Tests.Formats;
using Mcdm.Diffusion.Process;
using Mcdm.Experts;
using Mcdm.Families;
using Mcdm.Families.StableDiffusion.Files;
using Mcdm.Imaging;
using Mcdm.Modalities;
using Mcdm.Registries;
using Mcdm.Sampling;
using Mcdm.Weights.Reading;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Prompts;

/// <summary>Encoders that leave memory while pictures are sampled: -Offload.</summary>
public sealed class OffloadTests : IDisposable
{
    private const string Adapter = "ip-adapter_sd15";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static string Prompts(string file) => Path.Combine(TinyPrompts.Golden("ip-adapter"), "models", file);

    private static Model Read(bool offload, ImportOptions? options, params string[] paths) =>
        ModelReader.Read(paths, (options ?? new()) with { Offload = offload }, CPU, ScalarType.Float32);

    /// <summary>A copy of a golden model that may be damaged.</summary>
    private string Copy(string name)
    {
        string from = TinyPrompts.Golden(name), to = _folder.File(name);
        foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
        return to;
    }

    private static Picture Stripes()
    {
        var rgba = new byte[64 * 64 * 4];
        for (int i = 0; i < rgba.Length; i++) { rgba[i] = i % 4 == 3 || i / 4 % 16 < 8 ? (byte)255 : (byte)(i / 64 % 256); }
        return new Picture(64, 64, rgba);
    }

    private static GenerationRequest Asking(Model model, string sentence) => new()
    {
        Conditions = [.. model.Experts.Where(expert => expert.Modality is not null).Select(expert => expert.Modality == Modality.Text
            ? Condition.FromText(sentence, 3).For(expert.Name) : Condition.Of(Modality.Picture, Stripes()).For(expert.Name))],
        NegativePrompt = "rain", Seed = 3, Sampling = model.Sampling! with { Steps = 2 },
    };

    private static byte[] Made(Model model, string sentence, Action<string>? note = null)
    {
        using var generator = new ImageGenerator(model) { Note = note };
        return generator.Generate(Asking(model, sentence)).Single().Picture.GetRgba();
    }

    /// <summary>Numbers of the networks in some files that are no positions.</summary>
    private static long Numbers(params string[] files) => files.Sum(path =>
    {
        using var file = WeightFile.OpenNetwork(path);
        return file.Names.Where(name => !name.EndsWith("position_ids", StringComparison.Ordinal)).Sum(name => file.Shape(name).Aggregate(1L, (a, b) => a * b));
    });

    public static TheoryData<string, string> Models => new()
    {
        { "sd1-tiny", "sd1-tiny-lora-style" }, { "sdxl-tiny", "sdxl-tiny-lora-ldm-names" },
    };

    [Theory]
    [MemberData(nameof(Models))]
    public void Pictures_are_the_same_and_the_encoders_leave_memory_and_come_back(string name, string lora)
    {
        string[] paths = name == "sd1-tiny" ? [TinyPrompts.Golden(name), Prompts($"{Adapter}.safetensors"), Prompts("image_encoder")] : [TinyPrompts.Golden(name)];
        var options = new ImportOptions { Loras = [Path.Combine(TinyPrompts.Golden(lora), "style.safetensors")] };
        using Model plain = Read(false, options, paths), model = Read(true, options, paths);
        Assert.Equal(plain.Parameters, model.Parameters);
        Assert.Equal(plain.Hash, model.Hash);
        var notes = new List<string>();
        long encoders = Numbers([.. Directory.EnumerateFiles(paths[0], "*.safetensors", SearchOption.AllDirectories)
            .Where(file => Path.GetFileName(Path.GetDirectoryName(file))!.StartsWith("text_encoder", StringComparison.Ordinal)),
            .. paths.Skip(2).Select(folder => Path.Combine(folder, "model.safetensors"))]);
        foreach (string sentence in new[] { "a fox", "a castle", "a fox" })
        {
            notes.Clear();
            Assert.Equal(Made(plain, sentence), Made(model, sentence, notes.Add));
            // All of a run is encoded before, and so read once.
            string told = Assert.Single(notes, note => note.Contains("left memory", StringComparison.Ordinal));
            Assert.Contains(FormattableString.Invariant($"{encoders * sizeof(float) / 1e6:0.0} MB"), told, StringComparison.Ordinal);
            Assert.Equal(plain.Parameters, model.Parameters);
        }
    }

    [Fact]
    public void Fewer_tensors_live_while_pictures_are_sampled_and_none_is_left_behind()
    {
        string[] paths = [TinyPrompts.Golden("sd1-tiny"), Prompts($"{Adapter}.safetensors"), Prompts("image_encoder")];
        using var file = NetworkWeights.Open(Path.Combine(paths[0], "text_encoder"));
        using var model = Read(true, null, paths);
        _ = Made(model, "a fox");
        long without = Tensor.TotalCount;
        using (var composition = new Composition(model.Experts, [Condition.FromText("a castle")]))
        {
            Assert.InRange(Tensor.TotalCount - without, file.Names.Count, long.MaxValue);
        }
        Assert.Equal(0, LiveTensors.LeftBy(() => Made(model, "a castle")));
    }

    [Fact]
    public void A_picture_is_made_again_from_its_recipe_and_rows_have_their_encoders_read_for_each_batch()
    {
        using var model = Read(true, null, TinyPrompts.Golden("sd1-tiny"));
        var notes = new List<string>();
        using var generator = new ImageGenerator(model) { Note = notes.Add, BatchSize = 2 };
        string[] sentences = ["a fox", "a castle", "a cat", "a dog", "a bird"];
        foreach (string sentence in sentences) { generator.Add(Asking(model, sentence)); }
        var pictures = generator.Sample(rest: true).SelectMany(batch => batch.Images).ToList();
        Assert.Equal(sentences.Length, pictures.Count);
        // What waits is encoded, so only the first batch finds something to free.
        Assert.Single(notes, note => note.Contains("left memory", StringComparison.Ordinal));
        var again = new ImageGenerator(model).Generate(Recipe.FromJson(pictures[0].Recipe!.ToJson()).ToRequest()).Single();
        Assert.Equal(Made(model, "a fox"), again.Picture.GetRgba());
    }

    [SharedFact]
    public void One_file_with_all_networks_is_read_again_too()
    {
        string path = Checkout.Shared("checkpoints", "golden", "single-file-sd1-ldm", "model", "model.safetensors"), vocabulary = Path.Combine(TinyPrompts.Golden("sd1-tiny"), "tokenizer");
        var hints = new SingleFileHints { Heads = [2], Groups = 2, AutoencoderGroups = 2, TextHeads = [4] };
        Model Whole(bool offload)
        {
            using var files = LatentDiffusionFile.Open(path, vocabulary, PredictionKind.Noise, hints);
            return LatentDiffusionModel.Assemble(files, [], [], "text", withUnconditional: true, null, CPU, ScalarType.Float32, offload: offload);
        }
        using Model plain = Whole(false), model = Whole(true);
        var notes = new List<string>();
        foreach (string sentence in new[] { "a fox", "a castle" }) { Assert.Equal(Made(plain, sentence), Made(model, sentence, notes.Add)); }
        Assert.Equal(2, notes.Count(note => note.Contains("left memory", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_file_that_is_gone_or_another_is_one_clear_error_and_the_model_goes_on_when_it_is_back(bool rewritten)
    {
        string folder = Copy("sd1-tiny"), file = Path.Combine(folder, "text_encoder", "model.safetensors");
        var written = File.GetLastWriteTimeUtc(file);
        byte[] bytes = File.ReadAllBytes(file);
        using var model = Read(true, null, folder);
        byte[] before = Made(model, "a fox");
        if (rewritten)
        {
            File.Copy(Path.Combine(TinyPrompts.Golden("sdxl-tiny"), "text_encoder", "model.safetensors"), file, overwrite: true);
        }
        else { File.Delete(file); }
        var error = Assert.Throws<McdmException>(() => Made(model, "a castle"));
        Assert.Equal("ModelChanged", error.Id);
        foreach (string part in new[] { "text_encoder", "-Offload", "import the model again" }) { Assert.Contains(part, error.Message, StringComparison.Ordinal); }
        File.WriteAllBytes(file, bytes);
        File.SetLastWriteTimeUtc(file, written);
        Assert.Equal(before, Made(model, "a fox"));
    }

    [Fact]
    public void A_model_without_such_encoders_refuses_it()
    {
        var error = Assert.Throws<McdmException>(() => Read(true, null, Path.Combine(Checkout.Folder, "module", "models", "Fashion")));
        Assert.Equal("OffloadNotOfModel", error.Id);
        Assert.Contains("Fashion", error.Message, StringComparison.Ordinal);
    }
}
