using Mcdm.Core.Tests.Checkpoints;
using Mcdm.Core.Tests.Formats;
using Mcdm.Diffusion.Composition;
using Mcdm.Diffusion.Samplers;
using Mcdm.Experts;
using Mcdm.Families;
using Mcdm.Imaging;
using Mcdm.Imaging.Drawing;
using Mcdm.Modalities;
using Mcdm.Registries;
using Mcdm.Sampling;
using Mcdm.Weights;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Prompts;

/// <summary>IP-Adapters and T2I-Adapters as experts: what they do beside what the original programs do, and what is refused.</summary>
public sealed class ImagePromptTests : IDisposable
{
    private const string Base = "ip-adapter_sd15", PlusFace = "ip-adapter-plus-face_sd15", Hints = "t2i-canny", Lines = "sd1-tiny-canny";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static string Adapter(string file) => Path.Combine(Checkout.Folder, "tests", "golden", "ip-adapter", "model", "models", file);

    private static string Shared(params string[] parts) => Checkout.Shared(["checkpoints", "golden3", .. parts]);

    /// <summary>The model with both image prompts, a T2I-Adapter and a ControlNet.</summary>
    private static Model Whole(ImportOptions? options = null) => Read(options, Adapter($"{Base}.safetensors"), Adapter($"{PlusFace}.safetensors"), Adapter("image_encoder"),
        TinyPrompts.Golden(Hints), TinyPrompts.Golden(Lines));

    private static Model Read(ImportOptions? options, params string[] paths) =>
        ModelReader.Read([TinyPrompts.Golden("sd1-tiny"), .. paths], options ?? new(), CPU, ScalarType.Float32);

    private static McdmException Refused(params string[] paths) => Assert.Throws<McdmException>(() => Read(null, paths).Dispose());

    private static Picture Colours(int width, int height, int seed)
    {
        var bytes = new byte[4 * width * height];
        new Random(seed).NextBytes(bytes);
        for (int i = 3; i < bytes.Length; i += 4) { bytes[i] = 255; }
        return new Picture(width, height, bytes);
    }

    private static Condition Shown(string expert, int seed = 1) => Condition.Of(Modality.Picture, Colours(70, 60, seed)).For(expert);

    private static Tensor Predicted(Model model, Combiner? combiner, params Condition[] conditions)
    {
        using var noGradient = no_grad();
        using var composition = new Composition(model.Experts, conditions, combiner: combiner);
        using var composer = new Composer([composition]);
        using var predictor = new ComposedPredictor(composer.Predict, (combiner ?? new Product()).RuleOf([]));
        return predictor.Predict(TinyPrompts.Z(1), model.Space.Process.Level(500)).Value;
    }

    [Fact]
    public void Experts_are_called_after_their_files_and_the_encoder_is_counted_once()
    {
        using var model = Whole();
        Assert.Equal(["unconditional", "text", Base, PlusFace, Hints, Lines], model.Experts.Select(expert => expert.Name));
        using var one = Read(null, Adapter($"{Base}.safetensors"), Adapter("image_encoder"));
        using var none = Read(null);
        using var other = Read(null, Adapter($"{PlusFace}.safetensors"), Adapter("image_encoder"));
        using var both = Read(null, Adapter($"{Base}.safetensors"), Adapter($"{PlusFace}.safetensors"), Adapter("image_encoder"));
        using var file = SafeTensorsFile.Open(Adapter("image_encoder/model.safetensors"));
        long encoder = file.Names.Where(name => !name.EndsWith("position_ids", StringComparison.Ordinal)).Sum(name => file.Shape(name).Aggregate(1L, (a, b) => a * b));
        Assert.Equal(one.Parameters + other.Parameters - none.Parameters - encoder, both.Parameters);
        Assert.Empty(model.Warnings);
    }

    [Fact]
    public void An_encoder_that_lies_beside_the_adapter_as_published_is_found_and_told()
    {
        using var model = Read(null, Adapter($"{Base}.bin"));
        Assert.Contains(model.Notes, note => note.Contains("image_encoder", StringComparison.Ordinal));
        using var named = Read(null, Adapter($"{Base}.bin"), Adapter("image_encoder"));
        Assert.Equal(named.Hash, model.Hash);
    }

    [Theory]
    [InlineData(Base)]
    [InlineData(Hints)]
    public void Scale_0_is_the_plain_UNet_and_a_schedule_of_0_under_Residual_is_too(string expert)
    {
        using var scope = NewDisposeScope();
        using var model = Whole();
        var (plain, picture) = (Predicted(model, null), Shown(expert));
        Assert.True(Predicted(model, null, picture.Scaled(0)).allclose(plain, 1e-5, 1e-6));
        Assert.False(Predicted(model, null, picture).allclose(plain, 1e-2, 1e-2));
        Assert.True(Predicted(model, new Residual(), picture.Weighted(1, new WeightSchedule([new(1, 0)]))).allclose(plain, 1e-5, 1e-6));
    }

    [Fact]
    public void A_picture_alone_means_the_same_by_both_rules()
    {
        using var scope = NewDisposeScope();
        using var model = Whole();
        foreach (string expert in new[] { Base, PlusFace, Hints, Lines })
        {
            Assert.True(Predicted(model, null, Shown(expert)).allclose(Predicted(model, new Residual(), Shown(expert)), 1e-4, 1e-5), expert);
        }
    }

    [Fact]
    public void Regions_weigh_two_reference_pictures_place_by_place()
    {
        using var scope = NewDisposeScope();
        using var model = Whole();
        var half = new byte[4 * 64 * 64];
        for (int i = 0; i < half.Length; i++) { half[i] = (byte)(i % 4 == 3 || i / 4 % 64 < 32 ? 255 : 0); }
        var (left, right) = (new Picture(64, 64, half), new Picture(64, 64, half).Inverted());
        var both = Predicted(model, null, Shown(Base, 1).Weighted(1, null, left), Shown(Base, 2).Weighted(1, null, right));
        Assert.True(both.narrow(3, 0, 4).allclose(Predicted(model, null, Shown(Base, 1)).narrow(3, 0, 4), 1e-4, 1e-5));
        Assert.True(both.narrow(3, 4, 4).allclose(Predicted(model, null, Shown(Base, 2)).narrow(3, 4, 4), 1e-4, 1e-5));
    }

    [Fact]
    public void Pictures_in_a_batch_come_out_as_alone()
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        using var model = Whole();
        foreach (var combiner in new Combiner[] { new Product(), new Residual() })
        {
            var text = Condition.FromText("a fox", 3);
            Condition[][] each =
            [
                [text, Shown(Base, 1)], [text, Shown(Base, 2), Shown(PlusFace)], [text, Shown(Base, 1), Shown(Base, 2)], [text, Shown(Hints)], [text, Shown(Lines), Shown(PlusFace)], [text],
                [text, Shown(PlusFace).Weighted(1, null, Colours(64, 64, 9))],
            ];
            var compositions = each.Select(conditions => new Composition(model.Experts, conditions, combiner: combiner)).ToList();
            BatchRows.AssertAsAlone(compositions, model.Space.Process, combiner);
            compositions.ForEach(one => one.Dispose());
        }
    }

    [Fact]
    public void A_picture_with_all_kinds_is_made_again_from_its_recipe()
    {
        using var model = Whole();
        var request = new GenerationRequest
        {
            Conditions = [Condition.FromText("a fox", 3), Shown(Base).Scaled(0.7).Weighted(1.2, null, Colours(64, 64, 3)), Shown(PlusFace, 2).Saying("a castle"),
                Shown(Hints, 3).Fitted(PictureFit.Stretch), Shown(Lines, 4).Fitted(PictureFit.Pad), Shown(Base, 5).Fitted(PictureFit.Pad)],
            Seed = 4, Sampling = new SamplerOptions { Steps = 2 }, NegativePrompt = "rain",
        };
        var picture = new ImageGenerator(model).Generate(request).Single();
        var again = new ImageGenerator(model).Generate(Recipe.FromJson(picture.Recipe!.ToJson()).ToRequest()).Single();
        Assert.Equal(picture.Picture.Rgba, again.Picture.Rgba);
        Assert.Equal(picture.Recipe.Essence().ToJson(), again.Recipe!.Essence().ToJson());
    }

    [Fact]
    public void As_published_the_pictures_act_in_both_sides_of_guidance()
    {
        using var scope = NewDisposeScope();
        using Model model = Whole(new ImportOptions { AsPublished = true }), plain = Whole();
        Assert.IsType<Residual>(model.Combiner);
        Assert.Null(plain.Combiner);
        Condition[] conditions = [Condition.FromText("a fox", 3), Shown(PlusFace)];
        Assert.False(Predicted(plain, new Residual(), conditions).allclose(Predicted(plain, null, conditions), 1e-2, 1e-2));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(8000, 10)]
    [InlineData(10, 8000)]
    public void Pictures_of_every_shape_are_read(int width, int height)
    {
        using var scope = NewDisposeScope();
        using var model = Whole();
        foreach (string expert in new[] { Base, PlusFace, Hints })
        {
            var notes = new List<string>();
            var condition = Condition.Of(Modality.Picture, Colours(width, height, 1)).For(expert);
            using var composition = new Composition(model.Experts, [condition], notes.Add);
            Assert.True(Predicted(model, null, condition).isfinite().all().item<bool>());
            int side = expert == Hints ? 64 : 56;
            Assert.Equal((side, side), (composition.Understood[0].Picture!.Width, composition.Understood[0].Picture!.Height));
            if (width != height) { Assert.Contains(expert == Hints ? composition.Doubts : notes, told => told.Contains("middle", StringComparison.Ordinal)); }
        }
    }

    [Fact]
    public void What_means_nothing_of_a_picture_is_refused()
    {
        using var model = Whole();
        Residual residual = new();
        void Refuses(string id, string part, Combiner? combiner, params Condition[] conditions)
        {
            var error = Assert.Throws<McdmException>(() => new Composition(model.Experts, conditions, combiner: combiner).Dispose());
            Assert.Equal(id, error.Id);
            Assert.Contains(part, error.Message, StringComparison.Ordinal);
        }
        Refuses("GuessControlNet", Base, null, Shown(Base).Guessing());
        Refuses("GuessControlNet", Hints, null, Shown(Hints).Guessing());
        Refuses("CombinerResidual", "-ControlScale", residual, Shown(Base, 1), Shown(Base, 2).Scaled(0.5));
        Refuses("CombinerResidual", "region", residual, Shown(Hints).Weighted(1, null, Colours(8, 8, 1)));
        Refuses("CombinerResidual", "weight", residual, Shown(Base).Weighted(2));
    }

    [Fact]
    public void What_is_missing_beside_an_adapter_is_named()
    {
        string alone = _folder.File("ip-adapter_sd15.safetensors");
        File.Copy(Adapter($"{Base}.safetensors"), alone);
        var error = Refused(alone);
        Assert.Equal("ImageEncoderNeeded", error.Id);
        Assert.Contains("20 numbers", error.Message, StringComparison.Ordinal);
        Assert.Equal("IPAdapterMissing", Refused(Adapter("image_encoder")).Id);
        foreach (var (path, id) in new[] { (Adapter($"{Base}.bin"), "IPAdapterNeedsBase"), (TinyPrompts.Golden(Hints), "T2IAdapterNeedsBase") })
        {
            error = Assert.Throws<McdmException>(() => ModelReader.Read([path], new(), CPU, ScalarType.Float32).Dispose());
            Assert.Equal(id, error.Id);
        }
    }

    [SharedFact]
    public void An_adapter_with_another_encoder_or_of_another_family_is_refused_by_name()
    {
        string other = Shared("ip-adapter", "model", "sdxl_models");
        string alone = _folder.File("ip-adapter_sd15.safetensors");
        File.Copy(Adapter($"{Base}.safetensors"), alone);
        var error = Refused(alone, Path.Combine(other, "image_encoder"));
        Assert.Equal("ImageEncoderMismatch", error.Id);
        foreach (string part in new[] { "20 numbers", "gives 18" }) { Assert.Contains(part, error.Message, StringComparison.Ordinal); }
        error = Refused(Path.Combine(other, "ip-adapter_sdxl_vit-h.safetensors"), Adapter("image_encoder"));
        Assert.Equal("IPAdapterMismatch", error.Id);
        foreach (string part in new[] { "tokens of 20 numbers", "tokens of 16 numbers" }) { Assert.Contains(part, error.Message, StringComparison.Ordinal); }
        error = Refused(Shared("t2i-xl-lineart", "model"));
        Assert.Equal("T2IAdapterMismatch", error.Id);
        Assert.Contains("Stable Diffusion XL", error.Message, StringComparison.Ordinal);
        error = Refused(Shared("t2i-original", "model", "adapter-xl-canny.pth"));
        Assert.Equal("T2IAdapterMismatch", error.Id);
        using var model = Read(null, Shared("t2i-original", "model", "t2iadapter_depth_sd15v2.pth"), Shared("t2i-color", "model"));
        Assert.Empty(model.Warnings);
    }

    [Theory]
    [InlineData("image_proj.proj.0.weight image_proj.norm.weight ip_adapter.1.to_k_ip.weight", "face recogniser")]
    [InlineData("image_proj.perceiver_resampler.proj_in.weight ip_adapter.0.to_q_lora.down.weight", "face recogniser")]
    [InlineData("ip_adapter.1.to_k_ip.weight", "half of an IP-Adapter")]
    [InlineData("task_embedding transformer_layes.0.attn.in_proj_weight", "CoAdapter")]
    [InlineData("style_embedding transformer_layes.0.attn.in_proj_weight", "CoAdapter")]
    public void Other_kinds_are_refused_by_name(string names, string part)
    {
        string path = _folder.File("other.safetensors");
        using (var tensor = ones(2, 2)) { SafeTensorsWriter.Write(path, names.Split(' ').Select(name => (name, tensor)).ToList()); }
        var error = Refused(path);
        Assert.Equal("ModelKindUnknown", error.Id);
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }

    [SharedFact]
    public void A_CoAdapter_and_an_adapter_of_face_vectors_are_told_by_name_and_width()
    {
        string path = _folder.File("coadapter-canny-sd15v1.pth");
        File.Copy(Shared("t2i-original", "model", "t2iadapter_depth_sd15v2.pth"), path);
        Assert.Contains("CoAdapter", Refused(path).Message, StringComparison.Ordinal);
        path = _folder.File("ip-adapter-instant.safetensors");
        using (Tensor latents = ones(1, 16, 8), into = ones(8, 512), key = ones(8, 16))
        {
            SafeTensorsWriter.Write(path, new List<(string, Tensor)> { ("image_proj.latents", latents), ("image_proj.proj_in.weight", into), ("ip_adapter.1.to_k_ip.weight", key) });
        }
        Assert.Contains("face recogniser", Refused(path, Adapter("image_encoder")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tensor_that_has_no_place_is_named()
    {
        string path = _folder.File("surplus.safetensors");
        using var scope = NewDisposeScope();
        using (var file = SafeTensorsFile.Open(Adapter($"{Base}.safetensors")))
        {
            SafeTensorsWriter.Write(path, [.. file.Names.Select(name => (name, file.Read(name))), ("ip_adapter.33.to_v_ip.weight", ones(8, 16))]);
        }
        var error = Refused(path, Adapter("image_encoder"));
        Assert.Equal("WeightsUnexpected", error.Id);
        Assert.Contains("ip_adapter.33.to_v_ip.weight", error.Message, StringComparison.Ordinal);
    }
}
