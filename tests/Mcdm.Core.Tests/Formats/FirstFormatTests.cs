using System.Security.Cryptography;
using Mcdm.Diffusion.Process;
using Mcdm.Diffusion.Samplers;
using Mcdm.Experts;
using Mcdm.Families.Own.Experts;
using Mcdm.Families.Own.Files;
using Mcdm.Imaging;
using Mcdm.Modalities;
using Mcdm.Sampling;
using Mcdm.Training;
using Mcdm.Weights;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Formats;

/// <summary>What the first version wrote, typed in as it wrote it: packs and checkpoints are read, and mean what they meant.</summary>
public sealed class FirstFormatTests : IDisposable
{
    private const string Network = """ "imageChannels": 3, "patchSize": 2, "channels": [8, 16], "blocks": [1, 1], "attentionLevels": [1], "headChannels": 8 """;
    private readonly TinyFaces _faces = new();

    private string Pack => _faces.Run("pack");

    private string Sha256(string file) => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(Path.Combine(Pack, file)))).ToLowerInvariant();

    /// <summary>Writes today's pack of four experts, and over its description one of the first format.</summary>
    private void WritePack(string format = "mcdm-model-1")
    {
        using (var model = Model.Join("New", [_faces.Train(null), _faces.Train(Modality.Text), _faces.Train(Modality.Segment), _faces.Train(Modality.LowResolution)])) { ModelPack.Write(model, Pack); }
        int words = File.ReadAllLines(Path.Combine(Pack, "vocabulary.txt")).Length;
        File.WriteAllText(Path.Combine(Pack, ModelPack.DescriptionFile), $$"""
            {
              "format": "{{format}}", "name": "Old", "description": "Discs.", "credits": "Nobody.",
              "space": { "channels": 3, "height": 16, "width": 16, "schedule": "cosine", "steps": 1000 },
              "experts": [
                { "prediction": "velocity", "network": { {{Network}}, "conditionChannels": 0 }, "weights": "unconditional.safetensors", "sha256": "{{Sha256("unconditional.safetensors")}}",
                  "training": { "steps": 4, "picturesSeen": 16, "loss": 0.5, "seconds": 1, "precision": "float32" } },
                { "modality": "text", "prediction": "velocity", "network": { {{Network}}, "conditionChannels": 0, "text": { "vocabularySize": {{words}}, "maxTokens": 48, "channels": 128, "layers": 3, "heads": 4 } },
                  "weights": "text.safetensors", "sha256": "{{Sha256("text.safetensors")}}", "vocabulary": "vocabulary.txt" },
                { "modality": "segment", "prediction": "velocity", "network": { {{Network}}, "conditionChannels": 3 }, "weights": "segment.safetensors", "sha256": "{{Sha256("segment.safetensors")}}",
                  "parts": [{ "name": "background", "color": "#000000" }, { "name": "disc", "color": "#ff8000" }] },
                { "modality": "lowResolution", "prediction": "velocity", "network": { {{Network}}, "conditionChannels": 3 }, "weights": "low-resolution.safetensors", "sha256": "{{Sha256("low-resolution.safetensors")}}" }
              ],
              "calibration": { "model": "Old", "modalities": ["text", "lowResolution"], "pictures": 8, "ridge": 0, "levels": [{ "level": 500, "noiseToSignal": 1, "products": [2, 1, 1, 1], "targets": [4, 12] }] }
            }
            """);
    }

    [Fact]
    public void A_pack_of_the_first_format_predicts_what_todays_does()
    {
        WritePack();
        using var old = ModelPack.Read(Pack);
        Assert.Equal(["unconditional", "text", "segment", "low-resolution"], old.Experts.Select(expert => expert.Name));
        Assert.All(old.Experts, expert => Assert.Equal(PredictionKind.Velocity, expert.Prediction));
        Assert.Equal(TinyFaces.Parts, old.Parts);
        Assert.Contains("calibrated weights, which this version passes over", Assert.Single(old.Warnings), StringComparison.Ordinal);
        Assert.Equal(old.Warnings, Model.Join("Joined", [old]).Warnings);

        // Written again it is of today's format, and the same.
        ModelPack.Write(old, _faces.Run("again"));
        string description = File.ReadAllText(Path.Combine(_faces.Run("again"), ModelPack.DescriptionFile));
        Assert.Contains("mcdm-model-2", description, StringComparison.Ordinal);
        Assert.DoesNotContain("calibration", description, StringComparison.Ordinal);
        using var again = ModelPack.Read(_faces.Run("again"));
        Assert.Empty(again.Warnings);
        var request = new GenerationRequest
        {
            Conditions = [TinyFaces.Conditions()[0], TinyFaces.Conditions()[2], TinyFaces.LowResolution()], Seed = 2, Sampling = new SamplerOptions { Steps = 3 },
        };
        byte[] picture = new ImageGenerator(old).Generate(request).Single().Picture.Rgba;
        Assert.Equal(picture, new ImageGenerator(again).Generate(request).Single().Picture.Rgba);
    }

    [Fact]
    public void A_pack_of_a_format_to_come_is_refused_by_name()
    {
        WritePack("mcdm-model-9");
        var error = Assert.Throws<McdmException>(() => ModelPack.Read(Pack));
        Assert.Equal(("ModelFormat", ErrorKind.NotSupported), (error.Id, error.Kind));
        Assert.Contains("'mcdm-model-9'", error.Message, StringComparison.Ordinal);
        Assert.Contains("'mcdm-model-2' and 'mcdm-model-1'", error.Message, StringComparison.Ordinal);
        // What it says besides need not make sense to this version.
        string path = Path.Combine(Pack, ModelPack.DescriptionFile);
        File.WriteAllText(path, File.ReadAllText(path).Replace("lowResolution", "smell", StringComparison.Ordinal));
        Assert.Equal("ModelFormat", Assert.Throws<McdmException>(() => ModelPack.Read(Pack)).Id);
    }

    /// <summary>Puts options, as they were written before experts had names, in the place of a checkpoint's.</summary>
    private void SetOptions(string run, string options)
    {
        string path = Path.Combine(_faces.Run(run), "checkpoint.safetensors");
        List<(string, Tensor)> tensors;
        Dictionary<string, string> metadata;
        using (var file = SafeTensorsFile.Open(path))
        {
            tensors = file.Names.Select(name => (name, file.Read(name))).ToList();
            metadata = new(file.Metadata) { ["options"] = options };
        }
        SafeTensorsWriter.Write(path, tensors, metadata);
    }

    /// <summary>A run of six steps without interruption, and one that is stopped after three and goes on from a checkpoint with options of old.</summary>
    private void GoesOn(TrainingOptions options, string written, TrainedCodec? codec = null)
    {
        new Trainer(_faces.Dataset, options, _faces.Run("whole"), codec).Run(resume: false);
        using var stop = new CancellationTokenSource();
        new Trainer(_faces.Dataset, options, _faces.Run("parts"), codec) { Progress = state => { if (state.Step == 3) { stop.Cancel(); } } }.Run(resume: false, stop.Token);
        SetOptions("parts", written);
        var read = Trainer.OptionsOf(_faces.Run("parts"));
        Assert.Equal((options.Modality, options.Name, options.Space, options.Prediction), (read.Modality, read.Name, read.Space, read.Prediction));
        Assert.Equal(6, new Trainer(_faces.Dataset, read, _faces.Run("parts"), codec).Run(resume: true).Step);
        Assert.Equal(6, _faces.Losses("parts").Length);
        Assert.All(_faces.Losses("whole").Zip(_faces.Losses("parts")), pair => Assert.Equal(pair.First, pair.Second, 5));
    }

    [Fact]
    public void A_run_of_a_space_goes_on_from_a_checkpoint_of_before_experts_had_names() => GoesOn(TinyFaces.AutoencoderOptions(6), $$"""
        {
          "autoencoder": { "network": { "imageChannels": 3, "factor": 4, "latentChannels": 4, "width": 8 }, "cropSize": 8, "latentNoise": 0.1, "decoderOnly": false },
          "imageSize": 16, "steps": 6, "batchSize": 8, "learningRate": 0.005, "warmUpSteps": 1, "weightDecay": 0.01, "gradientClip": 1, "emaDecay": 0.9, "seed": 1,
          "noiseLevels": 1000, "timestepBias": 0, "schedule": "cosine", "prediction": "velocity", "lossFloor": 0.05, "factor": 1, "bFloat16": false,
          "network": { {{Network}}, "mapFactor": 1, "conditionChannels": 0 }, "vocabularySize": 512, "checkpointSeconds": 300
        }
        """);

    [Fact]
    public void A_run_of_an_expert_of_latents_goes_on_from_a_checkpoint_of_before_experts_had_names()
    {
        using var codec = _faces.TrainSpace();
        GoesOn(TinyFaces.OptionsIn(codec, Modality.Sketch, steps: 6), $$"""
            {
              "modality": "sketch", "imageSize": 16, "steps": 6, "batchSize": 4, "learningRate": 0.002, "warmUpSteps": 1, "weightDecay": 0.01, "gradientClip": 1, "emaDecay": 0.999, "seed": 1,
              "noiseLevels": 1000, "timestepBias": 0, "schedule": "cosine", "prediction": "sample", "lossFloor": 0.2, "codec": "{{codec.Identity}}", "factor": 4, "bFloat16": false,
              "network": { "imageChannels": 4, "patchSize": 1, "mapFactor": 4, "channels": [8, 16], "blocks": [1, 1], "attentionLevels": [1], "headChannels": 8, "conditionChannels": 0 },
              "vocabularySize": 512, "checkpointSeconds": 300
            }
            """, codec);
        using var model = ModelPack.Read(_faces.Run("parts"));
        Assert.Equal(("sketch", codec.Identity), (Assert.Single(model.Experts).Name, model.Codec!.Identity));
    }

    public void Dispose() => _faces.Dispose();
}
