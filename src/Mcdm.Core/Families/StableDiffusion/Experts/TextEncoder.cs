using Mcdm.Families.StableDiffusion.Prompts;
using Mcdm.Layers.Clip;
using Mcdm.Layers.Frozen;
using static TorchSharp.torch;

namespace Mcdm.Families.StableDiffusion.Experts;

/// <summary>
/// One of a model's text encoders: each chunk is encoded by itself, its tokens weighed where they come out, and the chunks stand one after another.
/// </summary>
/// <param name="reader">Reads prompts in its vocabulary.</param>
/// <param name="network">CLIP's text encoder.</param>
/// <param name="device">Where it computes.</param>
/// <param name="layer">The layer that is taken, from the end: 1 is the last.</param>
/// <param name="normalizes">Whether what the layer gives is normalised as the last layer's is, which Stable Diffusion XL leaves out.</param>
/// <param name="place">Its place among the model's text encoders, for each of which an embedding has vectors.</param>
internal sealed class TextEncoder(PromptReader reader, OffloadableNetwork<ClipTextModel> network, Device device, int layer = 1, bool normalizes = true,
    int place = 0)
{
    /// <summary>Chunks that are encoded together.</summary>
    private const int Together = 8;

    /// <summary>
    /// A chunk's mean is restored by up to this factor: where weights leave nearly nothing of it, restoring would blow the chunk up, or turn it over.
    /// </summary>
    private const double LargestRestored = 10;

    /// <summary>Reads prompts in its vocabulary.</summary>
    public PromptReader Reader => reader;

    /// <summary>Numbers that it was trained to have.</summary>
    public long Parameters { get; } = network.Use(own => own.Parameters);

    /// <summary>A prompt's chunks as the U-Net attends to them, with batch dimension 1.</summary>
    /// <param name="chunks">The chunks.</param>
    /// <param name="note">Told where a chunk's mean cannot be restored.</param>
    /// <returns>Tokens, float32 [1, tokens, width], and the first chunk as one vector, [1, width], of an encoder that gives one.</returns>
    public Prompt Encoded(IReadOnlyList<PromptChunk> chunks, Action<string>? note)
    {
        using var scope = NewDisposeScope();
        var parts = chunks.Chunk(Together).Select(Hidden).ToList();
        var rows = cat(parts.Select(part => part.Tokens).ToArray());
        if (chunks.Any(chunk => chunk.Weights.Any(weight => weight != 1))) { rows = Weighed(rows, chunks, note); }
        return new(rows.flatten(0, 1).unsqueeze(0).MoveToOuterDisposeScope(), parts[0].Pooled?.narrow(0, 0, 1).MoveToOuterDisposeScope());
    }

    /// <summary>What the encoder gives for some chunks: tokens, float32 [chunks, tokens, width], and each chunk as one vector, [chunks, width].</summary>
    internal (Tensor Tokens, Tensor? Pooled) Hidden(IReadOnlyList<PromptChunk> chunks)
    {
        var ids = stack(chunks.Select(chunk => tensor(chunk.Ids.Select(id => (long)id).ToArray()))).to(device);
        var replaced = chunks.SelectMany((chunk, row) => chunk.Embeddings.Select(found => (row, found.Place, found.Embedding.Values[place])));
        return network.Use(own => normalizes ? (own.Forward(ids, layer - 1, replaced), null)
            : own.Read(ids, chunks.Select(chunk => (long)reader.EndOf(chunk)).ToList(), layer - 1, replaced));
    }

    /// <inheritdoc cref="OffloadableWeights.Offload"/>
    public long Offload() => network.Offload();

    /// <summary>Tokens times their weights, and each chunk times what gives it the mean that it had before.</summary>
    private static Tensor Weighed(Tensor rows, IReadOnlyList<PromptChunk> chunks, Action<string>? note)
    {
        var weights = stack(chunks.Select(chunk => tensor(chunk.Weights.ToArray()))).unsqueeze(2).to(rows.device);
        var weighed = rows * weights;
        var ratio = rows.mean([1, 2], true) / weighed.mean([1, 2], true);
        var restores = (ratio > 0).logical_and(ratio <= LargestRestored);
        if (!restores.all().item<bool>())
        {
            note?.Invoke("The weights leave a chunk of the prompt with a mean near zero, which cannot be restored: its tokens are multiplied by them and no "
                + "more.");
        }
        return weighed * ratio.where(restores, ones_like(ratio));
    }
}
