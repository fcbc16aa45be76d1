using System.Text.Json.Nodes;
using Mcdm.Experts;
using Mcdm.Families.Own.Experts;
using Mcdm.Families.Own.Files;
using Mcdm.Modalities;
using Mcdm.Modalities.LowResolution;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Formats;

public sealed class ModelPackTests : IDisposable
{
    private readonly TinyFaces _faces = new();

    private string Pack => Path.Combine(_faces.Folder, "pack");

    private void Write()
    {
        using var model = _faces.TrainAll();
        ModelPack.Write(model, Pack);
    }

    private void Edit(Action<JsonNode> change)
    {
        string path = Path.Combine(Pack, ModelPack.DescriptionFile);
        var json = JsonNode.Parse(File.ReadAllText(path))!;
        change(json);
        File.WriteAllText(path, json.ToJsonString());
    }

    private McdmException Refused() => Assert.Throws<McdmException>(() => ModelPack.Read(Pack));

    [Fact]
    public void A_pack_written_and_read_twice_predicts_the_same()
    {
        using var model = _faces.TrainAll();
        ModelPack.Write(model, Pack);
        using var once = ModelPack.Read(Pack);
        ModelPack.Write(once, Pack + "2");
        using var twice = ModelPack.Read(Pack + "2");
        using var scope = NewDisposeScope();
        var z = randn(1, 3, TinyFaces.Size, TinyFaces.Size);
        foreach (var expert in model.Experts)
        {
            var condition = TinyFaces.Conditions().FirstOrDefault(c => c.Modality == expert.Modality);
            Tensor Predict(Model from) =>
                from.Expert(expert.Name).PredictNoise(z, 300, condition is null ? null : from.Expert(expert.Name).Encode(condition).Inputs);
            Assert.InRange((Predict(model) - Predict(once)).abs().max().ToDouble(), 0, 2e-3);
            Assert.Equal(0, (Predict(once) - Predict(twice)).abs().max().ToDouble());
        }
        Assert.Equal(TinyFaces.Parts, once.Parts);
        Assert.Equal(model.Space, once.Space);
        Assert.Equal(model.Parameters, once.Parameters);
    }

    /// <summary>Their memory would stay until then: 90 MB an import of Faces.</summary>
    [Fact]
    public void A_model_read_and_disposed_of_leaves_no_tensor_to_the_garbage_collector()
    {
        using (var model = _faces.TrainAll()) { ModelPack.Write(model, Pack); }
        Assert.Equal(0, LiveTensors.LeftToTheCollectorBy(() => ModelPack.Read(Pack).Dispose()));
    }

    [Fact]
    public void A_folder_without_a_model_is_refused() =>
        Assert.Equal("ModelNotFound", Assert.Throws<McdmException>(() => ModelPack.Read(_faces.Folder)).Id);

    [Fact]
    public void Weights_that_changed_missing_or_cut_are_refused()
    {
        Write();
        string weights = Path.Combine(Pack, "sketch.safetensors");
        byte[] whole = File.ReadAllBytes(weights);
        byte[] changed = [.. whole];
        changed[^1] ^= 1;
        File.WriteAllBytes(weights, changed);
        Assert.Equal("ModelWeightsChanged", Refused().Id);
        File.WriteAllBytes(weights, whole[..^10]);
        Assert.Equal("SafeTensorsTruncated", Refused().Id);
        File.Delete(weights);
        var missing = Refused();
        Assert.Equal("SafeTensorsNotFound", missing.Id);
        Assert.Contains(weights, missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_of_another_network_are_refused()
    {
        Write();
        Edit(json => json["experts"]![0]!["network"]!["channels"] = new JsonArray(8, 24));
        Assert.Equal("WeightsShape", Refused().Id);
    }

    [Fact]
    public void Files_outside_the_folder_are_refused()
    {
        Write();
        Edit(json => json["experts"]![0]!["weights"] = "../secret.safetensors");
        Assert.Equal("ModelDescriptionInvalid", Refused().Id);
    }

    [Fact]
    public void Another_version_or_no_json_at_all_is_refused()
    {
        Write();
        Edit(json => json["format"] = "mcdm-model-9");
        Assert.Equal("ModelFormat", Refused().Id);
        File.WriteAllText(Path.Combine(Pack, ModelPack.DescriptionFile), "{ nonsense");
        Assert.Equal("ModelDescriptionInvalid", Refused().Id);
    }

    [Fact]
    public void A_missing_vocabulary_is_named()
    {
        Write();
        File.Delete(Path.Combine(Pack, "vocabulary.txt"));
        Assert.Equal("VocabularyNotFound", Refused().Id);
    }

    [Fact]
    public void Two_experts_of_a_kind_make_no_model()
    {
        using var one = _faces.Train(null);
        using var two = _faces.Train(null);
        Assert.Equal("ModelExpertTwice", Assert.Throws<McdmException>(() => new Model("Both", [.. one.Experts, .. two.Experts])).Id);
    }

    [Fact]
    public void An_expert_that_is_added_joins_those_of_another_pack_as_they_are()
    {
        Write();
        using (var added = _faces.Train(Modality.LowResolution)) { ModelPack.Write(added, Pack + "-fifth"); }
        using var joined = ModelPack.Read([Pack, Pack + "-fifth"]);
        using var four = ModelPack.Read(Pack);
        Assert.Equal([Modality.Text, Modality.Sketch, Modality.Segment, Modality.LowResolution], joined.Modalities);
        Assert.StartsWith("Tiny+run-", joined.Name, StringComparison.Ordinal);
        Assert.Equal("low-resolution", joined.Experts[^1].Name);
        Assert.Equal(LowResolutionEncoder.Channels, ((TrainedExpert)joined.Experts[^1]).Options.ConditionChannels);
        using var scope = NewDisposeScope();
        var z = randn(1, 3, TinyFaces.Size, TinyFaces.Size);
        Assert.Equal(0, (joined.Unconditional.PredictNoise(z, 300, null) - four.Unconditional.PredictNoise(z, 300, null)).abs().max().ToDouble());
        // Joined models can be written and read as any other.
        ModelPack.Write(joined, Pack + "-all");
        using var all = ModelPack.Read(Pack + "-all");
        var expert = all.Expert(Modality.LowResolution);
        var map = expert.Encode(TinyFaces.LowResolution()).Inputs;
        Assert.Equal(0, (expert.PredictNoise(z, 300, map) - joined.Experts[^1].PredictNoise(z, 300, map)).abs().max().ToDouble());
        Assert.Equal("ModelExpertTwice", Assert.Throws<McdmException>(() => ModelPack.Read([Pack, Pack + "-fifth", Pack])).Id);
    }

    [Fact]
    public void A_low_resolution_expert_reads_three_channels()
    {
        using (var added = _faces.Train(Modality.LowResolution)) { ModelPack.Write(added, Pack); }
        Edit(json => json["experts"]![0]!["network"]!["conditionChannels"] = 1);
        Assert.Contains("in the low-resolution expert, the network reads 1 condition channels, but the modality has 3", Refused().Message, StringComparison.Ordinal);
    }

    public void Dispose() => _faces.Dispose();
}
