using Mcdm.Diffusion.Composition;
using Mcdm.Experts;
using Mcdm.Families;
using Mcdm.Families.StableDiffusion.Experts;
using Mcdm.Families.StableDiffusion.Prompts;
using Mcdm.Core.Tests.Golden;
using Mcdm.Imaging;
using Mcdm.Modalities;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Prompts;

public sealed class PromptEncodingTests
{
    [Fact]
    public void A_chunk_whose_mean_the_weights_take_away_keeps_its_weights_and_no_more()
    {
        using var scope = NewDisposeScope();
        using var networks = GoldenNetworks.OfFolder(TinyPrompts.Golden("sd1-tiny"));
        var encoder = new TextEncoder(TinyPrompts.Reader(), new(networks.Text()), CPU);
        var chunk = TinyPrompts.Reader().Read("a photo of a fox", PromptUse.Wanted).Parts[0].Chunks[0];
        var hidden = encoder.Hidden([chunk]).Tokens;
        double all = hidden.sum().ToDouble(), one = hidden[0, 3].sum().ToDouble();
        // Weights of the third token that leave nothing of the mean, and that turn it over.
        foreach (double left in new[] { 0, 1e-3, -0.5 })
        {
            float[] weights = [.. chunk.Weights];
            weights[3] = (float)(1 + (left - 1) * all / one);
            var notes = new List<string>();
            var encoded = encoder.Encoded([chunk with { Weights = weights }], notes.Add).Context;
            Assert.True(encoded.allclose(hidden * tensor(weights).reshape(1, -1, 1), 1e-4, 1e-5));
            Assert.Contains("mean near zero", Assert.Single(notes), StringComparison.Ordinal);
        }
        float[] zeros = new float[chunk.Weights.Count];
        Assert.True(encoder.Encoded([chunk with { Weights = zeros }], null).Context.isfinite().all().item<bool>());
    }

    [Fact]
    public void Prompts_of_different_length_share_a_batch_of_pictures_and_none_is_padded()
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        using var model = TinyPrompts.Import();
        string[] prompts = ["a fox", "a fox BREAK in the snow", "a small house", "a cat BREAK a dog BREAK a bird"];
        var each = prompts.Select(prompt => new Composition(model.Experts, [Condition.FromText(prompt, 3)], negativePrompt: "rain BREAK wind")).ToList();
        BatchRows.AssertAsAlone(each, model.Space.Process);
        Assert.Equal(77, ((StableDiffusionInputs)each[0].Terms[0].Inputs!).SequenceLength);
        Assert.Equal(154, ((StableDiffusionInputs)each[0].Terms[^1].Inputs!).SequenceLength);
        each.ForEach(one => one.Dispose());
    }

    [Fact]
    public void AND_is_the_composition_of_its_parts()
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        using var model = TinyPrompts.Import();
        using var typed = new Composition(model.Experts, [Condition.FromText("a fox AND a cat :0.5", 2)]);
        using var apart = new Composition(model.Experts, [Condition.FromText("a fox", 2), Condition.FromText("a cat", 1)]);
        Assert.Equal(3, typed.EvaluationsPerStep);
        Assert.Equal([0, 0], typed.Owners);
        Assert.Equal("a fox AND a cat :0.5", Assert.Single(typed.Understood).Text);
        Assert.True(Predicted(model, typed).allclose(Predicted(model, apart), 1e-4, 1e-6));
        Assert.Equal("WeightOutOfRange", Assert.Throws<McdmException>(() => new Composition(model.Experts, [Condition.FromText("a fox :1000", 1e5)])).Id);
    }

    [Fact]
    public void Clip_skip_and_embeddings_make_another_model_of_the_same_files()
    {
        using var plain = TinyPrompts.Import();
        using var skipped = TinyPrompts.Import(new ImportOptions { ClipSkip = 2 });
        using var named = TinyPrompts.Import(new ImportOptions { Embeddings = [Path.Combine(TinyPrompts.Golden("inversion-sd1"), "cat-toy.pt")] });
        Assert.Equal(3, new[] { plain.Hash, skipped.Hash, named.Hash }.Distinct().Count());
        Assert.Equal(["cat-toy"], named.Expert(Modality.Text).TextNames);
        Assert.Equal("ClipSkipOutOfRange", Assert.Throws<McdmException>(() => TinyPrompts.Import(new ImportOptions { ClipSkip = 4 })).Id);
    }

    [Fact]
    public void The_sentence_of_a_control_picture_and_a_negative_prompt_are_in_the_same_language()
    {
        using var model = TinyPrompts.Import(null, "sd1-tiny-canny");
        var picture = Condition.Of(Modality.Picture, new Picture(64, 64, new byte[64 * 64 * 4])).For("sd1-tiny-canny");
        using var composition = new Composition(model.Experts, [picture.Saying("a fox BREAK (snow:3)")], negativePrompt: "(rain:4)");
        Assert.Equal(154, ((StableDiffusionInputs)composition.Terms[0].Inputs!).SequenceLength);
        Assert.Contains(composition.Doubts, doubt => doubt.Contains("'snow' has the weight 3", StringComparison.Ordinal));
        using var literal = new Composition(model.Experts, [picture.Saying("a fox BREAK (snow:3)").Literally()]);
        Assert.Equal(77, ((StableDiffusionInputs)literal.Terms[0].Inputs!).SequenceLength);
        Assert.Equal("PromptAnd", Assert.Throws<McdmException>(() => new Composition(model.Experts, [picture.Saying("a fox AND a cat")])).Id);
    }

    private static Tensor Predicted(Model model, Composition composition)
    {
        using var composer = new Composer([composition]);
        using var predictor = new ComposedPredictor(composer.Predict, new Product().RuleOf([]));
        return predictor.Predict(TinyPrompts.Z(1), model.Space.Process.Level(500)).Value;
    }
}
