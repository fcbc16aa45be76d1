using System.Text.Json;
using System.Text.Json.Nodes;
using Mcdm.Families.Own.Files;
using Mcdm.Families.Own.Networks;
using Mcdm.Json;
using Xunit;

namespace Mcdm.Core.Tests.Formats;

/// <summary>A pack with an expert of each kind, written once; every test spoils a copy.</summary>
public sealed class WrittenPack : IDisposable
{
    private readonly TinyFaces _faces = new();

    public WrittenPack()
    {
        using var model = _faces.TrainAll();
        ModelPack.Write(model, Folder);
    }

    public string Folder => Path.Combine(_faces.Folder, "pack");

    public void Dispose() => _faces.Dispose();
}

/// <summary>model.json is text that people edit and tools damage: whatever it says, the answer is one clear error.</summary>
public sealed class ModelDescriptionTests : IClassFixture<WrittenPack>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public ModelDescriptionTests(WrittenPack pack)
    {
        foreach (string file in Directory.EnumerateFiles(pack.Folder)) { File.Copy(file, _folder.File(Path.GetFileName(file))); }
    }

    private string Description => _folder.File(ModelPack.DescriptionFile);

    /// <summary>Sets what a path such as <c>experts/text/network/blocks</c> leads to.</summary>
    private void Set(string path, string value)
    {
        var root = JsonNode.Parse(File.ReadAllText(Description))!;
        string[] keys = path.Split('/');
        JsonNode node = root;
        foreach (string key in keys[..^1])
        {
            node = node is JsonArray experts
                ? experts.Single(expert => ((string?)expert!["modality"] ?? "unconditional") == key)!
                : node[key]!;
        }
        node[keys[^1]] = JsonNode.Parse(value);
        File.WriteAllText(Description, root.ToJsonString());
    }

    [Fact]
    public void The_pack_is_good_before_it_is_spoilt()
    {
        using var model = ModelPack.Read(_folder.Path);
        Assert.Equal(4, model.Experts.Count);
    }

    [Fact]
    public void Levels_that_have_cross_attention_are_written_where_they_are_named()
    {
        Assert.DoesNotContain("crossAttentionLevels", File.ReadAllText(Description), StringComparison.Ordinal);
        var network = new UNetOptions { CrossAttentionLevels = [1, 2] };
        string written = JsonSerializer.Serialize(network, ModelJson.Options);
        Assert.Equal([1, 2], JsonSerializer.Deserialize<UNetOptions>(written, ModelJson.Options)!.CrossAttentionLevels!);
    }

    [Theory]
    [InlineData("name", "null")]
    [InlineData("name", "\"\"")]
    [InlineData("space", "null")]
    [InlineData("space", "{}")]
    [InlineData("space/width", "0")]
    [InlineData("space/width", "-16")]
    [InlineData("space/width", "17")]
    [InlineData("space/height", "18")]
    [InlineData("space/channels", "4")]
    [InlineData("space/steps", "0")]
    [InlineData("space/steps", "2000000000")]
    [InlineData("space/schedule", "\"wavy\"")]
    [InlineData("experts", "null")]
    [InlineData("experts", "[]")]
    [InlineData("experts", "[null]")]
    [InlineData("experts", "7")]
    [InlineData("experts/sketch/modality", "\"smell\"")]
    [InlineData("experts/unconditional/modality", "\"sketch\"")]
    [InlineData("experts/unconditional/modality", "\"text\"")]
    [InlineData("experts/segment/modality", "\"sketch\"")]
    [InlineData("experts/sketch/modality", "\"segment\"")]
    [InlineData("experts/text/modality", "null")]
    [InlineData("experts/sketch/prediction", "\"tea leaves\"")]
    [InlineData("experts/sketch/prediction", "9")]
    [InlineData("experts/sketch/weights", "null")]
    [InlineData("experts/sketch/weights", "\"\"")]
    [InlineData("experts/sketch/weights", "\"..\"")]
    [InlineData("experts/sketch/weights", "\"../sketch.safetensors\"")]
    [InlineData("experts/sketch/weights", "\"/etc/hostname\"")]
    [InlineData("experts/text/vocabulary", "\"../vocabulary.txt\"")]
    [InlineData("experts/text/vocabulary", "null")]
    [InlineData("experts/sketch/network", "null")]
    [InlineData("experts/sketch/network/imageChannels", "1")]
    [InlineData("experts/sketch/network/conditionChannels", "0")]
    [InlineData("experts/sketch/network/conditionChannels", "-1")]
    [InlineData("experts/sketch/network/patchSize", "0")]
    [InlineData("experts/sketch/network/headChannels", "0")]
    [InlineData("experts/sketch/network/channels", "null")]
    [InlineData("experts/sketch/network/channels", "[]")]
    [InlineData("experts/sketch/network/channels", "[8, -16]")]
    [InlineData("experts/sketch/network/channels", "[8, 2000000000]")]
    [InlineData("experts/sketch/network/channels", "[8, 16, 24, 32, 40]")]
    [InlineData("experts/sketch/network/blocks", "[1]")]
    [InlineData("experts/sketch/network/blocks", "[1, 0]")]
    [InlineData("experts/sketch/network/blocks", "null")]
    [InlineData("experts/sketch/network/attentionLevels", "[5]")]
    [InlineData("experts/sketch/network/attentionLevels", "null")]
    [InlineData("experts/text/network/crossAttentionLevels", "[5]")]
    [InlineData("experts/text/network/text", "null")]
    [InlineData("experts/text/network/text/heads", "0")]
    [InlineData("experts/text/network/text/heads", "3")]
    [InlineData("experts/text/network/text/maxTokens", "2")]
    [InlineData("experts/text/network/text/layers", "1000000")]
    [InlineData("experts/segment/parts", "null")]
    [InlineData("experts/segment/parts", "[]")]
    [InlineData("experts/segment/parts", "[null]")]
    [InlineData("experts/segment/parts", """[{ "name": "disc", "color": "#112233" }]""")]
    [InlineData("experts/segment/parts", """[{ "name": "a", "color": "red" }, { "name": "b", "color": "#112233" }]""")]
    [InlineData("experts/segment/parts", """[{ "name": "a", "color": "#112233" }, { "name": "b", "color": "#112233" }]""")]
    public void What_fits_no_network_is_refused_by_name(string path, string value)
    {
        Set(path, value);
        var error = Assert.Throws<McdmException>(() => ModelPack.Read(_folder.Path));
        Assert.Equal("ModelDescriptionInvalid", error.Id);
        Assert.Contains(Description, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("{\"format\":\"mcdm-model-1\"}")]
    public void What_is_no_description_is_refused(string json)
    {
        File.WriteAllText(Description, json);
        Assert.Equal("ModelDescriptionInvalid", Assert.Throws<McdmException>(() => ModelPack.Read(_folder.Path)).Id);
    }

    [Theory]
    [InlineData("experts/sketch/network/channels", "[8, 24]", "WeightsShape")]
    [InlineData("experts/sketch/network/blocks", "[1, 2]", "WeightsMissing")]
    [InlineData("experts/sketch/network/attentionLevels", "[]", "WeightsUnexpected")]
    [InlineData("experts/text/network/crossAttentionLevels", "[0, 1]", "WeightsMissing")]
    [InlineData("experts/text/network/crossAttentionLevels", "[]", "WeightsUnexpected")]
    [InlineData("experts/text/network/text/layers", "4", "WeightsMissing")]
    [InlineData("experts/sketch/sha256", "null", "ModelWeightsChanged")]
    [InlineData("experts/sketch/sha256", "\"00\"", "ModelWeightsChanged")]
    [InlineData("experts/sketch/weights", "\"segment.safetensors\"", "ModelWeightsChanged")]
    [InlineData("experts/sketch/weights", "\"other.safetensors\"", "SafeTensorsNotFound")]
    public void Weights_that_do_not_belong_to_the_network_described_are_refused(string path, string value, string id)
    {
        Set(path, value);
        Assert.Equal(id, Assert.Throws<McdmException>(() => ModelPack.Read(_folder.Path)).Id);
    }

    [Fact]
    public void A_vocabulary_with_a_piece_more_or_less_is_refused()
    {
        string[] pieces = File.ReadAllLines(_folder.File("vocabulary.txt"));
        foreach (var changed in new[] { pieces[..^1], [.. pieces, "halo"] })
        {
            File.WriteAllLines(_folder.File("vocabulary.txt"), changed);
            var error = Assert.Throws<McdmException>(() => ModelPack.Read(_folder.Path));
            Assert.Equal("VocabularyInvalid", error.Id);
            Assert.Contains($"{changed.Length} pieces", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Parts_are_read_without_loading_the_weights()
    {
        foreach (string file in Directory.EnumerateFiles(_folder.Path, "*.safetensors")) { File.Delete(file); }
        Assert.Equal(TinyFaces.Parts, ModelPack.ReadParts(_folder.Path));
    }

    public void Dispose() => _folder.Dispose();
}
