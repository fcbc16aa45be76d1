using Mcdm.Core.Tests.Checkpoints;
using Mcdm.Diffusion.Composition;
using Mcdm.Diffusion.Samplers;
using Mcdm.Experts;
using Mcdm.Families;
using Mcdm.Families.Own.Files;
using Mcdm.Families.StableDiffusion.Files;
using Mcdm.Imaging;
using Mcdm.Modalities;
using Mcdm.Registries;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Formats;

/// <summary>What Import-McdmModel makes of other people's models, on the tiny ones of tests/golden.</summary>
public sealed class ImportTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mcdm-import-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>A golden model under a name of its own.</summary>
    private string Golden(string name)
    {
        string link = Path.Combine(_folder, name);
        if (!Path.Exists(link)) { Links.Folder(link, Path.Combine(Checkout.Folder, "tests", "golden", name, "model")); }
        return link;
    }

    private Model Read(ImportOptions? options = null, params string[] names) => ModelReader.Read(names.Select(Golden).ToList(), options ?? new(), CPU, ScalarType.Float32);

    private static McdmException Refused(Func<Model> read) => Assert.Throws<McdmException>(() => read().Dispose());

    private static Tensor Z(int batch = 1)
    {
        using var generator = new Generator(3);
        return randn([batch, 4, 8, 8], generator: generator);
    }

    private static Picture Lines()
    {
        var rgba = new byte[64 * 64 * 4];
        for (int i = 0; i < rgba.Length; i++) { rgba[i] = i % 4 == 3 || i / 4 % 64 % 9 == 0 ? (byte)255 : (byte)0; }
        return new Picture(64, 64, rgba);
    }

    private static Condition Control(string expert) => Condition.Of(Modality.Picture, Lines()).For(expert);

    private static Tensor Predict(Model model, IReadOnlyList<Condition> conditions, Combiner? combiner = null)
    {
        using var noGradient = no_grad();
        using var composition = new Composition(model.Experts, conditions, combiner: combiner);
        using var composer = new Composer([composition]);
        using var predictions = new ComposedPredictor(composer.Predict, (combiner ?? new Product()).RuleOf(SamplingPath.Of(model.Space.Process, new()).Steps));
        using var z = Z();
        return predictions.Predict(z, model.Space.Process.Level(500)).Value;
    }

    private static double Difference(Tensor a, Tensor b) => (a - b).square().mean().sqrt().ToDouble() / b.square().mean().sqrt().ToDouble();

    [Fact]
    public void A_pipeline_with_ControlNets_and_LoRAs_is_an_expert_each_over_one_network_in_memory()
    {
        using var model = Read(new() { Loras = [Path.Combine(Golden("sd1-tiny-lora-style"), "style.safetensors")] }, "sd1-tiny", "sd1-tiny-canny", "sd1-tiny-seg");
        Assert.Equal(["unconditional", "text", "sd1-tiny-canny", "sd1-tiny-seg", "style"], model.Experts.Select(expert => expert.Name));
        Assert.Equal([null, Modality.Text, Modality.Picture, Modality.Picture, Modality.Text], model.Experts.Select(expert => expert.Modality));
        long unet = model.Expert("text").Parameters, control = model.Expert("sd1-tiny-canny").Parameters - unet;
        Assert.InRange(control, 1, unet);
        Assert.Equal(unet + 2 * control, model.Parameters);
        Assert.True(model.Space.IsLatent);
        Assert.NotNull(model.Hash);
    }

    [Fact]
    public void Where_one_ControlNet_acts_the_sum_of_residuals_is_the_composition_and_where_two_do_it_is_not()
    {
        using var model = Read(null, "sd1-tiny", "sd1-tiny-canny", "sd1-tiny-seg");
        Condition[] one = [Control("sd1-tiny-canny")], two = [Control("sd1-tiny-canny"), Control("sd1-tiny-seg")];
        Assert.InRange(Difference(Predict(model, one, new Residual()), Predict(model, one)), 0, 1e-5);
        Assert.InRange(Difference(Predict(model, two, new Residual()), Predict(model, two)), 1e-3, 10);
    }

    [Fact]
    public void Two_ControlNets_of_one_kind_that_are_shown_the_same_count_once_under_projection()
    {
        using var model = Read(null, "sd1-tiny", "sd1-tiny-canny", "sd1-tiny-seg");
        Condition[] same = [Control("sd1-tiny-canny"), Control("sd1-tiny-canny")], two = [Control("sd1-tiny-canny"), Control("sd1-tiny-seg")];
        Assert.InRange(Difference(Predict(model, same, new Projection()), Predict(model, [same[0]])), 0, 1e-3);
        Assert.InRange(Difference(Predict(model, same), Predict(model, [same[0]])), 1e-3, 10);
        // What they share is between nothing and all.
        Assert.InRange(Difference(Predict(model, two, new Projection()), Predict(model, two)), 1e-6, 10);
        Condition guided = Condition.FromText("a fox", 7.5);
        Assert.InRange(Difference(Predict(model, [guided], new Projection()), Predict(model, [guided])), 0, 1e-6);
    }

    [Fact]
    public void Rows_of_all_experts_in_one_batch_are_predicted_as_each_alone()
    {
        using var model = Read(null, "sd1-tiny", "sd1-tiny-canny");
        Condition[] all = [Control("sd1-tiny-canny").Saying("a castle"), Condition.FromText("a fox", 3)];
        using var noGradient = no_grad();
        var level = model.Space.Process.Level(500);
        var u = model.Unconditional.Predict(Z(), level, null);
        var expected = u;
        foreach (var condition in all)
        {
            var expert = model.Experts.For(condition);
            using var inputs = expert.Encode(condition).Inputs;
            expected = expected + condition.Weight * (expert.Predict(Z(), level, inputs) - u);
        }
        Assert.InRange(Difference(Predict(model, all), expected), 0, 1e-5);
    }

    [Fact]
    public void A_ControlNets_scale_multiplies_its_residuals_and_a_prompt_without_a_name_is_the_plain_experts()
    {
        using var model = Read(new() { Loras = [Path.Combine(Golden("sd1-tiny-lora-style"), "style.safetensors")], LoraWeights = [0] }, "sd1-tiny", "sd1-tiny-canny");
        Assert.InRange(Difference(Predict(model, [Control("sd1-tiny-canny").Scaled(0)]), Predict(model, [])), 0, 1e-6);
        Assert.InRange(Difference(Predict(model, [Condition.FromText("a fox")]), Predict(model, [Condition.FromText("a fox").For("style")])), 0, 1e-6);
        Assert.Equal("ScaleOutOfRange", Assert.Throws<McdmException>(() => Control("x").Scaled(-1)).Id);
    }

    [Fact]
    public void The_composite_of_LoRAs_is_the_mean_of_each_guided_by_itself()
    {
        using var model = Read(new() { Loras = [Path.Combine(Golden("sd1-tiny-lora-style"), "style.safetensors"), Path.Combine(Golden("sd1-tiny-lora-subject"), "pytorch_lora_weights.safetensors")] }, "sd1-tiny");
        Assert.Equal(["unconditional", "text", "style", "sd1-tiny-lora-subject"], model.Experts.Select(expert => expert.Name));
        Condition[] both = [Condition.FromText("a fox", 3).For("style"), Condition.FromText("a castle", 2).For("sd1-tiny-lora-subject")];
        using var noGradient = no_grad();
        var level = model.Space.Process.Level(500);
        Tensor Guided(Condition condition)
        {
            var expert = model.Expert(condition.Expert!);
            using var inputs = expert.Encode(condition).Inputs;
            var alone = expert.Predict(Z(), level, null);
            return alone + condition.Weight * (expert.Predict(Z(), level, inputs) - alone);
        }
        Assert.InRange(Difference(Predict(model, both, new Composite()), (Guided(both[0]) + Guided(both[1])) / 2), 0, 1e-5);
        var scheduled = both[0].Weighted(1, new WeightSchedule([new WeightPoint(1, 1)]));
        Assert.Equal("CombinerComposite", Assert.Throws<McdmException>(() => new Composition(model.Experts, [scheduled], combiner: new Composite())).Id);
    }

    [Fact]
    public void A_tiny_decoder_shows_the_models_latents()
    {
        string folder = Golden("taesd-tiny");
        using var model = Read(new() { Decoder = Path.Combine(folder, "taesd_decoder.pth") }, "sd1-tiny");
        using var picture = model.Codec!.Decode(Z());
        Assert.Equal([1, 3, 64, 64], picture.shape);
        using var plain = Read(null, "sd1-tiny");
        Assert.Equal(plain.Codec!.Identity, model.Codec.Identity);
        Assert.Equal("DecoderMismatch", Refused(() => Read(new() { Decoder = Checkout.Shared("checkpoints", "taef2", "taef2_decoder.pth") is var other && File.Exists(other) ? other : throw new McdmException("DecoderMismatch", ErrorKind.NotFound, "not there") }, "sd1-tiny")).Id);
    }

    [SharedTheory]
    [InlineData("single-file-sd1-ldm/model/model.safetensors")]
    [InlineData("single-file-sd1-ldm-ckpt/model/model.ckpt")]
    public void A_single_file_is_the_same_model_as_its_folder(string name)
    {
        var hints = new SingleFileHints { Heads = [4], Groups = 2, AutoencoderGroups = 2, TextHeads = [4], Average = false };
        using var files = LatentDiffusionFile.Open(Checkout.Shared("checkpoints", "golden", name), Path.Combine(Golden("sd1-tiny"), "tokenizer"), null, hints);
        using var model = LatentDiffusionModel.Assemble(files, [], [], "text", withUnconditional: true, decoder: null, CPU, ScalarType.Float32);
        using var folder = Read(null, "sd1-tiny");
        Assert.True(folder.Space.Matches(model.Space), $"{folder.Space} and {model.Space}");
        Condition[] conditions = [Condition.FromText("a fox in the snow", 7.5)];
        // Its weights are rounded to float16.
        Assert.InRange(Difference(Predict(model, conditions), Predict(folder, conditions)), 0, 1e-2);
        var error = Assert.Throws<McdmException>(() => LatentDiffusionFile.Open(Checkout.Shared("checkpoints", "golden", name), null, null, hints));
        Assert.Equal("VocabularyNeeded", error.Id);
    }

    [Fact]
    public void A_negative_prompt_takes_the_place_of_the_empty_one()
    {
        using var model = Read(null, "sd1-tiny");
        using var composition = new Composition(model.Experts, [Condition.FromText("a fox", 2)], negativePrompt: "rain");
        using var composer = new Composer([composition]);
        using var noGradient = no_grad();
        var level = model.Space.Process.Level(500);
        Tensor Of(string text)
        {
            using var inputs = model.Expert("text").Encode(Condition.FromText(text)).Inputs;
            return model.Expert("text").Predict(Z(), level, inputs);
        }
        var (rain, fox) = (Of("rain"), Of("a fox"));
        var rule = new Product();
        Assert.InRange(Difference(rule.Compose(Z(), level, composer.Predict(Z(), level)), rain + 2 * (fox - rain)), 0, 1e-5);
    }

    [Fact]
    public void What_does_not_belong_together_is_refused_by_name()
    {
        Assert.Equal("ControlNetNeedsBase", Refused(() => Read(null, "sd1-tiny-canny")).Id);
        Assert.Equal("LoraNeedsBase", Refused(() => Read(new() { Loras = ["x"] }, "unet2d-celebahq-kind")).Id);
        var spaces = Refused(() => Read(null, "sd1-tiny", "unet2d-celebahq-kind"));
        Assert.Equal("SpaceMismatch", spaces.Id);
        Assert.Contains("kl-f8c4-0.18215", spaces.Message, StringComparison.Ordinal);
        Assert.Equal("ModelKindUnknown", Refused(() => ModelReader.Read([Path.Combine(Golden("sd1-tiny-lora-style"), "style.safetensors")], new(), CPU, ScalarType.Float32)).Id);
        Assert.Equal("ModelKindUnknown", Refused(() => ModelReader.Read([Path.Combine(Golden("sd1-tiny"), "unet")], new(), CPU, ScalarType.Float32)).Id);
        Assert.Equal("ModelTwice", Refused(() => Read(null, "sd1-tiny", "sd1-tiny")).Id);
        Assert.Equal("ModelNotFound", Refused(() => ModelReader.Read([_folder], new(), CPU, ScalarType.Float32)).Id);
        Assert.Equal("LoraWeightCount", Refused(() => Read(new() { Loras = [Path.Combine(Golden("sd1-tiny-lora-style"), "style.safetensors")], LoraWeights = [1, 2] }, "sd1-tiny")).Id);
    }

    [Fact]
    public void What_a_path_holds_is_said_without_reading_it()
    {
        var files = ModelFiles.At(Golden("sd1-tiny"));
        Assert.Equal(("StableDiffusion", "sd1-tiny"), (files.Kind, files.Name));
        Assert.Equal(["unet", "text_encoder", "vae"], files.Parts.Select(part => part.Name));
        Assert.All(files.Parts, part => Assert.Equal("float32", part.DataType));
        Assert.Equal("Adm", ModelFiles.At(Golden("uniteconquer-face")).Kind);
        Assert.Equal("ControlNet", ModelFiles.At(Golden("sd1-tiny-canny")).Kind);
    }

    [Fact]
    public void An_imported_model_is_not_written_as_a_pack_and_its_memory_comes_back()
    {
        Assert.Equal(0, LiveTensors.LeftBy(() =>
        {
            using var model = Read(null, "sd1-tiny", "sd1-tiny-canny");
            using (Predict(model, [Condition.FromText("a fox", 2), Control("sd1-tiny-canny")])) { }
            Assert.Equal("ModelImported", Assert.Throws<McdmException>(() => ModelPack.Write(model, Path.Combine(_folder, "pack"))).Id);
        }));
    }
}
