using Mcdm.Families.Shared;
using Mcdm.Layers.Clip;
using Mcdm.Weights;

namespace Mcdm.Families.StableDiffusion.Files;

/// <summary>The shape of a text encoder that no configuration describes, from its tensors.</summary>
internal static class ClipTextInference
{
    private const int PublishedHeadChannels = 64;

    /// <inheritdoc cref="UNetInference.UNet"/>
    /// <param name="weights">Its tensors in the names of transformers, with <c>text_model.</c> or without.</param>
    /// <param name="hints">What they do not tell.</param>
    /// <param name="quickGelu">Whether it is OpenAI's, or OpenCLIP's.</param>
    /// <param name="place">Its place among the model's text encoders.</param>
    public static ClipTextOptions Read(IWeights weights, SingleFileHints hints, bool quickGelu, int place = 0)
    {
        var shapes = new TensorShapes(weights);
        string at = shapes.Has("text_model.final_layer_norm.weight") ? "text_model." : "";
        int width = shapes.Size($"{at}embeddings.token_embedding.weight", 1);
        int? heads = hints.TextHeads?.Count > place ? hints.TextHeads[place] : null;
        if (heads is null) { shapes.RequireDivides(PublishedHeadChannels, [width], "channels a head"); }
        else { shapes.RequireDivides(heads.Value, [width], "heads"); }
        return new ClipTextOptions
        {
            VocabSize = shapes.Size($"{at}embeddings.token_embedding.weight", 0),
            MaxPositionEmbeddings = shapes.Size($"{at}embeddings.position_embedding.weight", 0),
            HiddenSize = width,
            IntermediateSize = shapes.Size($"{at}encoder.layers.0.mlp.fc1.weight", 0),
            NumHiddenLayers = shapes.Count(i => $"{at}encoder.layers.{i}.layer_norm1.weight"),
            NumAttentionHeads = heads ?? width / PublishedHeadChannels,
            HiddenAct = quickGelu ? "quick_gelu" : "gelu",
        };
    }
}
