using Mcdm.Layers.Frozen;
using System.Globalization;
using Mcdm.Layers.Clip;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Checkpoints;

public sealed class ClipTextModelTests
{
    private static readonly ClipTextOptions s_options = new()
    {
        VocabSize = 5, MaxPositionEmbeddings = 3, HiddenSize = 2, IntermediateSize = 2, NumHiddenLayers = 0, NumAttentionHeads = 1,
    };

    private static MadeWeights Weights() => new()
    {
        ["embeddings.token_embedding.weight"] = randn(5, 2), ["embeddings.position_embedding.weight"] = randn(3, 2), ["final_layer_norm.weight"] = ones(2), ["final_layer_norm.bias"] = zeros(2),
        ["embeddings.position_ids"] = zeros(1, 7),
    };

    [Theory]
    [InlineData("0 1 2 3")]
    [InlineData("0 5 1")]
    public void Tokens_of_another_models_tokenizer_are_refused(string ids)
    {
        using var scope = NewDisposeScope();
        using var file = Weights();
        using var weights = new FrozenWeights(file, CPU, ScalarType.Float32);
        var network = new ClipTextModel(weights, s_options);
        Assert.Equal([1, 3, 2], network.Forward(tensor(new long[] { 0, 4, 1 }).unsqueeze(0)).shape);
        Assert.Equal("VocabularyMismatch", Assert.Throws<McdmException>(() => network.Forward(tensor(ids.Split(' ').Select(id => long.Parse(id, CultureInfo.InvariantCulture)).ToArray()).unsqueeze(0))).Id);
    }

    [Fact]
    public void A_tensor_that_has_no_place_is_refused_by_name()
    {
        using var scope = NewDisposeScope();
        using var file = Weights();
        file["text_projection.bias"] = zeros(2, 2);
        using var weights = new FrozenWeights(file, CPU, ScalarType.Float32);
        Assert.Contains("text_projection.bias", Assert.Throws<McdmException>(() => new ClipTextModel(weights, s_options)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_compares_sentences_with_pictures_may_be_there()
    {
        using var scope = NewDisposeScope();
        using var file = Weights();
        foreach (string name in new[] { "text_projection.weight", "logit_scale", "vision_model.embeddings.class_embedding", "visual_projection.weight" }) { file[name] = zeros(2, 2); }
        using var weights = new FrozenWeights(file, CPU, ScalarType.Float32);
        Assert.NotNull(new ClipTextModel(weights, s_options));
    }
}
