using Mcdm.Core.Tests.Formats;
using Mcdm.Diffusion.Process;
using Mcdm.Experts;
using Mcdm.Families;
using Mcdm.Families.StableDiffusion.Experts;
using Mcdm.Families.StableDiffusion.Files;
using Mcdm.Modalities;
using Mcdm.Registries;
using Mcdm.Weights;
using Mcdm.Weights.PyTorch;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Checkpoints;

/// <summary>
/// Inputs of public reports, in ../shared/bugs3: what gave a wrong picture without a word, or misled. What a script makes there is made of golden models here.
/// </summary>
public sealed class ReportedInputTests : IDisposable
{
    private const string UNet = SingleFileNames.UNet, Average = SingleFileNames.Average;

    private static readonly SingleFileHints s_hints = new() { Heads = [2], Groups = 2, AutoencoderGroups = 2, TextHeads = [4] };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static string Reported(params string[] parts) => Checkout.Shared(["bugs3", .. parts]);

    private static string Golden(string name, params string[] parts) => Path.Combine([Checkout.Folder, "tests", "golden", name, "model", .. parts]);

    private static string Vocabulary => Golden("sd1-tiny", "tokenizer");

    private static Model Read(params string[] paths) => ModelReader.Read(paths, new ImportOptions(), CPU, ScalarType.Float32);

    private static McdmException Refused(params string[] paths) => Assert.Throws<McdmException>(() => Read(paths).Dispose());

    /// <summary>A golden pipeline with reported files over its own.</summary>
    private string Overlaid(params string[] parts)
    {
        string to = _folder.File("pipeline");
        foreach (string from in new[] { Golden("sd1-tiny"), Reported(parts) })
        {
            foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
            {
                string copy = Path.Combine(to, Path.GetRelativePath(from, file));
                Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
                File.Copy(file, copy, overwrite: true);
            }
        }
        return to;
    }

    /// <summary>A golden single file with its tensors changed.</summary>
    private string Changed(string name, Func<string, Tensor, IEnumerable<(string, Tensor)>> change, Dictionary<string, string>? header = null, string source = "single-file-sd1-ldm")
    {
        using var scope = NewDisposeScope();
        using var file = SafeTensorsFile.Open(Checkout.Shared("checkpoints", "golden", source, "model", "model.safetensors"));
        string path = _folder.File(name);
        SafeTensorsWriter.Write(path, file.Names.SelectMany(tensor => change(tensor, file.Read(tensor))).ToList(), header);
        return path;
    }

    private static IEnumerable<(string, Tensor)> Same(string name, Tensor tensor) => [(name, tensor)];

    private static LatentDiffusionFiles Open(string path) => LatentDiffusionFile.Open(path, Vocabulary, null, s_hints);

    private static string KindOf(string path) => ModelFamilies.Find(path).Source.Kind;

    private static float[] First(LatentDiffusionFiles files)
    {
        using var weights = files.UNet.Weights.Read("conv_in.weight", ScalarType.Float32);
        return weights.data<float>().ToArray();
    }

    [SharedFact]
    public void Averages_beside_the_trained_weights_are_taken()
    {
        string path = Reported("adm-ema-beside-model", "model.pt");
        using PyTorchFile file = PyTorchFile.Open(path), averages = PyTorchFile.Open(path, "ema"), trained = PyTorchFile.Open(path, "model");
        using var scope = NewDisposeScope();
        Assert.All(trained.Names, name => Assert.True(file.Read(name).eq(averages.Read(name)).all().ToBoolean()));
        Assert.Contains(trained.Names, name => !file.Read(name).eq(trained.Read(name)).all().ToBoolean());
        using var model = Read(Reported("adm-ema-beside-model"));
        Assert.Contains(model.Notes, note => note.Contains("averaged", StringComparison.Ordinal));
    }

    /// <summary>What other programs read as more than words: each is read so, warned of or refused by name, in a prompt and in a negative one.</summary>
    [SharedFact]
    public void No_syntax_of_prompts_is_passed_over_in_silence()
    {
        using var model = Read(Golden("sd1-tiny"));
        var silent = new List<string>();
        foreach (string prompt in File.ReadAllLines(Reported("prompt-syntax-silent", "prompts.txt")).Where(line => line.Length > 0))
        {
            foreach (var (expert, condition) in new[] { (model.Expert(Modality.Text), Condition.FromText(prompt)), (model.Unconditional, Condition.FromText(prompt)) })
            {
                var notes = new List<string>();
                try
                {
                    var encoded = expert.Encode(condition, notes.Add);
                    var plain = expert.Encode(condition.Literally());
                    Tensor read = ((StableDiffusionInputs)encoded.Inputs).Prompt.Context, letters = ((StableDiffusionInputs)plain.Inputs).Prompt.Context;
                    bool isSame = encoded.Further.Count == 0 && read.shape.SequenceEqual(letters.shape) && read.eq(letters).all().ToBoolean();
                    if (isSame && encoded.Doubt is null && notes.Count == 0) { silent.Add($"{expert}: {prompt}"); }
                    foreach (var inputs in encoded.Further.Append(encoded).Append(plain)) { inputs.Inputs.Dispose(); }
                }
                catch (McdmException e)
                {
                    Assert.StartsWith("Prompt", e.Id, StringComparison.Ordinal);
                }
            }
        }
        Assert.Empty(silent);
    }

    [SharedFact]
    public void A_misspelt_flag_of_ADM_is_named_with_the_right_one()
    {
        var error = Refused(Reported("adm-model-json-typo"));
        Assert.Equal("ConfigKeyUnknown", error.Id);
        Assert.Contains("num_head_chanels", error.Message, StringComparison.Ordinal);
        Assert.Contains("'num_head_channels' is", error.Message, StringComparison.Ordinal);
    }

    [SharedFact]
    public void A_file_with_a_whole_model_and_a_ControlNet_is_both()
    {
        string path = Checkout.Shared("checkpoints", "golden3", "single-control-whole", "model", "control_sd15_canny.pth");
        Assert.Equal(LatentDiffusionSet.WholeFile, KindOf(path));
        using var model = Open(path);
        using var control = LatentDiffusionFile.OpenControlNet(path, s_hints);
        Assert.Equal(model.UNet.Options.BlockOutChannels, control.Over(model).Options.BlockOutChannels);
        Assert.Empty(model.Warnings);
        Assert.Equal("ControlNetFile", KindOf(Checkout.Shared("checkpoints", "golden3", "single-control-shuffle", "model", "control_v11e_sd15_shuffle.pth")));
    }

    [SharedFact]
    public void A_difference_ControlNet_is_one_with_a_prefix_or_without_and_not_for_another_U_Net()
    {
        string golden = Checkout.Shared("checkpoints", "golden3", "single-control-difference", "model", "diff_control_sd15_canny_fp16.safetensors"), bare = _folder.File("bare.safetensors");
        using var scope = NewDisposeScope();
        using (var file = SafeTensorsFile.Open(golden))
        {
            SafeTensorsWriter.Write(bare, file.Names.Select(name => (name.Replace("control_model.", "", StringComparison.Ordinal), file.Read(name))).ToList());
        }
        using var model = LatentDiffusionFolder.Open(Golden("sd1-tiny"));
        using var other = LatentDiffusionFolder.Open(Checkout.Shared("checkpoints", "golden", "sd2-tiny", "model"));
        var read = new List<Tensor>();
        foreach (string path in new[] { golden, bare })
        {
            using var control = LatentDiffusionFile.OpenControlNet(path, s_hints with { Heads = [4] });
            var weights = control.Over(model).Weights;
            Assert.DoesNotContain("difference", weights.Names);
            read.Add(weights.Read("conv_in.weight"));
            Assert.Equal("ControlNetMismatch", Assert.Throws<McdmException>(() => control.Over(other)).Id);
        }
        Assert.True(read[0].eq(read[1]).all().ToBoolean());
    }

    [SharedFact]
    public void A_repositorys_folder_in_a_hubs_cache_is_its_snapshot_and_a_dead_link_is_told()
    {
        const string Commit = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
        string repository = _folder.File("models--acme--fox"), snapshot = Path.Combine(repository, "snapshots", Commit), blob = Path.Combine(repository, "blobs", "b1");
        Directory.CreateDirectory(Path.GetDirectoryName(blob)!);
        Directory.CreateDirectory(Path.Combine(repository, "refs"));
        Directory.CreateDirectory(Path.GetDirectoryName(snapshot)!);
        File.WriteAllText(Path.Combine(repository, "refs", "main"), Commit);
        Directory.Move(Overlaid("hub-cache-folder"), snapshot);
        string unet = Path.Combine(snapshot, "unet", "diffusion_pytorch_model.safetensors");
        File.Move(unet, blob);
        File.CreateSymbolicLink(unet, Path.Combine("..", "..", "..", "blobs", "b1"));
        foreach (string path in new[] { repository, Path.Combine(repository, "snapshots"), snapshot, Path.Combine(snapshot, "model_index.json") })
        {
            using var model = Read(path);
            Assert.Equal("fox", model.Name);
        }
        File.Delete(blob);
        Assert.Contains("is a link to", Refused(repository).Message, StringComparison.Ordinal);
    }

    [SharedFact]
    public void What_is_not_finite_is_named_with_file_and_tensor()
    {
        string lora = Reported("lora-nan", "nan.safetensors");
        var error = Assert.Throws<McdmException>(() => ModelReader.Read([Golden("sd1-tiny")], new ImportOptions { Loras = [lora] }, CPU, ScalarType.Float32).Dispose());
        Assert.Equal("WeightsNotFinite", error.Id);
        Assert.Contains(lora, error.Message, StringComparison.Ordinal);
        foreach (var (start, value) in new[] { (SingleFileNames.Autoencoder + "decoder.", float.NaN), (UNet, float.PositiveInfinity) })
        {
            string? damaged = null;
            string path = Changed("damaged.safetensors", (name, tensor) =>
            {
                if (damaged is null && name.StartsWith(start, StringComparison.Ordinal) && tensor.Dimensions == 4) { damaged = name; tensor[0, 0, 0, 0] = value; }
                return [(name, tensor)];
            });
            using var files = Open(path);
            error = Assert.Throws<McdmException>(() => LatentDiffusionModel.Assemble(files, [], [], "text", withUnconditional: true, null, CPU, ScalarType.Float32).Dispose());
            Assert.Equal("WeightsNotFinite", error.Id);
            Assert.Contains(path, error.Message, StringComparison.Ordinal);
        }
    }

    [SharedTheory]
    [InlineData("badhands_a1111.pt", "-Embedding")]
    [InlineData("learned_embeds.bin", "-Embedding")]
    [InlineData("control-lora-canny-rank128.safetensors", "Control-LoRA")]
    [InlineData("hypernet.pt", "hypernetwork")]
    [InlineData("ip-adapter_sd15.bin", "IP-Adapter", "ImageEncoderNeeded")]
    [InlineData("t2iadapter_sketch_sd14v1.pth", "t2iadapter_sketch", "WeightsMissing")]
    public void What_is_no_ControlNet_is_named(string file, string name, string id = "ModelKindUnknown")
    {
        var error = Refused(Golden("sd1-tiny"), Reported("not-a-controlnet", file));
        Assert.Equal(id, error.Id);
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
    }

    [SharedFact]
    public void A_pipeline_of_another_class_with_the_same_parts_loads()
    {
        using Model model = Read(Overlaid("pipeline-class-img2img")), same = Read(Golden("sd1-tiny"));
        Assert.Equal(same.Hash, model.Hash);
        Assert.Empty(model.Warnings);
    }

    [SharedFact]
    public void A_scheduler_of_flow_matching_is_warned_of_and_the_published_schedule_is_taken()
    {
        using Model model = Read(Overlaid("scheduler-flow-matching")), same = Read(Golden("sd1-tiny"));
        Assert.Contains("FlowMatchEulerDiscreteScheduler, shift 3", Assert.Single(model.Warnings), StringComparison.Ordinal);
        Assert.True(same.Space.Matches(model.Space));
    }

    [SharedFact]
    public void A_learnt_word_in_the_tokenizer_is_its_own_token()
    {
        using var model = Read(Overlaid("ti-added-token"));
        using var plain = Read(Golden("sd1-tiny"));
        using var scope = NewDisposeScope();
        Tensor Context(Model of) => of.Expert("text").Encode(Condition.FromText("a <cat-toy>")).Inputs.Tensors[0];
        Assert.False(Context(model).allclose(Context(plain)));
        Assert.Empty(model.Warnings);
    }

    [SharedTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void Averages_without_their_modules_name_are_found_and_those_alone_are_a_model(bool alone)
    {
        using var plain = Open(Changed("plain.safetensors", Same));
        foreach (string module in new[] { "", "diffusion_model" })
        {
            string path = Changed($"ema{module}.safetensors", (name, tensor) =>
            {
                if (!name.StartsWith(UNet, StringComparison.Ordinal)) { return [(name, tensor)]; }
                var average = (Average + module + name[UNet.Length..].Replace(".", "", StringComparison.Ordinal), tensor * 2);
                return alone ? [average] : [(name, tensor), average];
            });
            Assert.Equal(LatentDiffusionSet.File, KindOf(path));
            using var files = Open(path);
            Assert.Equal(First(plain).Select(value => value * 2), First(files));
            Assert.Equal(plain.UNet.Weights.Names.Order(), files.UNet.Weights.Names.Order());
            Assert.Contains(files.Scheduler.Notes, note => note.Contains("averaged", StringComparison.Ordinal));
        }
    }

    [SharedFact]
    public void A_U_Net_alone_in_the_original_names_is_named()
    {
        string path = Changed("bare.safetensors", (name, tensor) => name.StartsWith(UNet, StringComparison.Ordinal) ? [(name[UNet.Length..], tensor)] : []);
        var error = Refused(path);
        Assert.Equal("ModelKindUnknown", error.Id);
        Assert.Contains("U-Net alone", error.Message, StringComparison.Ordinal);
    }

    [SharedFact]
    public void A_header_and_marks_say_what_is_predicted()
    {
        var header = new Dictionary<string, string> { ["modelspec.architecture"] = "stable-diffusion-v1", ["modelspec.prediction_type"] = "v", ["surprise"] = "1" };
        using (var files = Open(Changed("spec.safetensors", Same, header)))
        {
            Assert.Equal(PredictionKind.Velocity, files.Scheduler.Prediction);
            Assert.Contains("surprise '1'", Assert.Single(files.Warnings), StringComparison.Ordinal);
        }
        // ε says nothing where the last level is noise alone.
        using (var files = Open(Changed("zero.safetensors", (name, tensor) => name.EndsWith("out.2.bias", StringComparison.Ordinal) ? [(name, tensor), ("ztsnr", zeros(0))] : [(name, tensor)])))
        {
            Assert.False(files.Scheduler.Schedule.ZeroTerminalSnr);
            Assert.Contains("ztsnr", Assert.Single(files.Warnings), StringComparison.Ordinal);
        }
        header["modelspec.prediction_type"] = "flow";
        string flow = Changed("flow.safetensors", Same, header);
        Assert.Equal("CheckpointPrediction", Assert.Throws<McdmException>(() => Open(flow)).Id);
        using var told = LatentDiffusionFile.Open(flow, Vocabulary, PredictionKind.Noise, s_hints);
        Assert.Equal(PredictionKind.Noise, told.Scheduler.Prediction);
    }

    [SharedFact]
    public void Tensors_of_no_part_are_warned_of_but_those_that_no_picture_needs_are_not()
    {
        using var files = Open(Changed("more.safetensors", (name, tensor) => !name.EndsWith("out.2.bias", StringComparison.Ordinal) ? [(name, tensor)] :
        [
            (name, tensor), ("cond_stage_model.transformer.text_projection.weight", zeros(4, 4)), ("cond_stage_model.transformer.vision_model.embeddings.class_embedding", zeros(4)),
            ("cond_stage_model.logit_scale", ones(1)), ("betas", zeros(1000)), ("model_ema.decay", ones(1)), ("some.other.weight", zeros(2, 2)),
        ]));
        Assert.Contains("'some.other.weight', which", Assert.Single(files.Warnings), StringComparison.Ordinal);
        using var model = LatentDiffusionModel.Assemble(files, [], [], "text", withUnconditional: true, null, CPU, ScalarType.Float32);
        Assert.Equal(files.Warnings, model.Warnings);
    }

    [SharedTheory]
    [InlineData("module.")]
    [InlineData("_orig_mod.")]
    [InlineData("model.module._orig_mod.")]
    public void What_a_network_was_wrapped_in_does_not_matter(string prefix)
    {
        string path = Changed("wrapped.safetensors", (name, tensor) => [(prefix + name, tensor)]);
        Assert.Equal(LatentDiffusionSet.File, KindOf(path));
        using LatentDiffusionFiles files = Open(path), plain = Open(Changed("plain.safetensors", Same));
        Assert.Equal(First(plain), First(files));
    }

    [SharedFact]
    public void A_variant_is_taken_of_the_parts_that_have_it()
    {
        string pipeline = Overlaid("pipeline-class-img2img"), unet = Path.Combine(pipeline, "unet", "diffusion_pytorch_model.safetensors");
        File.Copy(unet, Path.Combine(pipeline, "unet", "diffusion_pytorch_model.fp16.safetensors"));
        File.WriteAllText(unet, "not read");
        using var model = ModelReader.Read([pipeline], new ImportOptions { Variant = "fp16" }, CPU, ScalarType.Float32);
        Assert.Equal(2, model.Notes.Count(note => note.Contains("no weights of the variant 'fp16'", StringComparison.Ordinal)));
        Assert.Equal("NetworkWeightsNotFound", Assert.Throws<McdmException>(() => ModelReader.Read([pipeline], new ImportOptions { Variant = "bf16" }, CPU, ScalarType.Float32)).Id);
    }

    [SharedTheory]
    [InlineData("vae-single/model/vae-ft-mse-840000-ema-pruned.safetensors")]
    [InlineData("vae-single/model/vae-ft-mse-840000-ema-pruned.ckpt")]
    [InlineData("vae-single/model/anything-v4.vae.pt")]
    [InlineData("vae-folder-2022/model")]
    public void An_autoencoder_by_itself_shows_the_models_latents(string name)
    {
        string path = Checkout.Shared("checkpoints", "golden3", name);
        using var files = LatentDiffusionFolder.Open(Golden("sd1-tiny"));
        using var model = LatentDiffusionModel.Assemble(files, [], [], "text", withUnconditional: true, path, CPU, ScalarType.Float32, s_hints);
        using var plain = Read(Golden("sd1-tiny"));
        using var scope = NewDisposeScope();
        var z = ones(1, 4, 8, 8);
        Assert.Equal([1, 3, 64, 64], model.Codec!.Decode(z).shape);
        Assert.False(model.Codec.Decode(z).allclose(plain.Codec!.Decode(z)));
        Assert.True(model.Codec.Encode(ones(1, 3, 64, 64)).allclose(plain.Codec.Encode(ones(1, 3, 64, 64))));
        Assert.Equal(plain.Codec.Identity, model.Codec.Identity);
    }

    [SharedFact]
    public void An_autoencoder_of_other_latents_is_refused_and_one_alone_is_named()
    {
        string other = Checkout.Shared("checkpoints", "golden3", "vae-folder", "model"), single = Checkout.Shared("checkpoints", "golden3", "vae-single", "model", "anything-v4.vae.pt");
        var error = Assert.Throws<McdmException>(() => ModelReader.Read([Golden("sd1-tiny")], new ImportOptions { Decoder = other }, CPU, ScalarType.Float32));
        Assert.Equal("DecoderMismatch", error.Id);
        Assert.Contains("0.13025", error.Message, StringComparison.Ordinal);
        Assert.Contains("-Decoder", Refused(other).Message, StringComparison.Ordinal);
        Assert.Contains("-Decoder", Refused(single).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_autoencoder_beside_a_checkpoint_is_found_by_its_name()
    {
        Assert.Null(DecoderFile.Beside(_folder.File("anything.ckpt")));
        File.WriteAllText(_folder.File("anything.vae.pt"), "");
        Assert.Equal(_folder.File("anything.vae.pt"), DecoderFile.Beside(_folder.File("anything.safetensors")));
    }
}
