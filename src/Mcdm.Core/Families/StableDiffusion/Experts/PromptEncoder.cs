using Mcdm.Experts;
using Mcdm.Families.StableDiffusion.Prompts;
using Mcdm.Layers.Clip;
using static TorchSharp.torch;

namespace Mcdm.Families.StableDiffusion.Experts;

/// <summary>One of the terms that a prompt asks for.</summary>
/// <param name="Prompt">What the text encoder makes of it, with batch dimension 1.</param>
/// <param name="Weight">By what the condition's weight is multiplied.</param>
internal readonly record struct EncodedPrompt(Prompt Prompt, double Weight);

/// <summary>Sentences to prompts: each chunk is encoded by itself, its tokens weighed where they come out, and the chunks stand one after another.</summary>
internal sealed class PromptEncoder
{
    /// <summary>Chunks that are encoded together.</summary>
    private const int Together = 8;

    /// <summary>
    /// A chunk's mean is restored by up to this factor: where weights leave nearly nothing of it, restoring would blow the chunk up, or turn it over.
    /// </summary>
    private const double LargestRestored = 10;

    private readonly PromptReader _reader;
    private readonly ClipTextModel _network;
    private readonly Device _device;
    private readonly int _leftOut;
    private readonly Lazy<Prompt> _empty;

    /// <param name="reader">Reads prompts in the model's vocabulary.</param>
    /// <param name="network">CLIP's text encoder.</param>
    /// <param name="device">Where it computes.</param>
    /// <param name="lifetime">Keeps the empty prompt as long as the weights.</param>
    /// <param name="clipSkip">The layer that is taken, from the end: 1 is the last.</param>
    /// <exception cref="McdmException"><c>ClipSkipOutOfRange</c>: there is no such layer.</exception>
    public PromptEncoder(PromptReader reader, ClipTextModel network, Device device, SharedLifetime lifetime, int clipSkip = 1)
    {
        int layers = network.Options.NumHiddenLayers;
        if (clipSkip < 1 || clipSkip > layers + 1)
        {
            throw new McdmException("ClipSkipOutOfRange", ErrorKind.InvalidArgument,
                $"The text encoder has {layers} layers: -ClipSkip goes from 1, its last layer, to {layers + 1}, none of them, and is not {clipSkip}.");
        }
        (_reader, _network, _device, _leftOut) = (reader, network, device, clipSkip - 1);
        _empty = new(() => lifetime.With((Prompt)Encoded(reader.Read("", PromptUse.Literal).Parts[0].Chunks, null).DetachFromDisposeScope()));
    }

    /// <summary>Numbers that the text encoder was trained to have.</summary>
    public long Parameters => _network.Parameters;

    /// <summary>Names of embeddings that prompts may have in them.</summary>
    public IReadOnlyList<string> Names => [.. _reader.Embeddings.All.Select(embedding => embedding.Name)];

    /// <summary>The empty prompt, which classifier-free guidance trains as none at all; the caller owns it.</summary>
    public Prompt Empty() => (Prompt)_empty.Value.Select(tensor => tensor.clone());

    /// <summary>The terms that a prompt asks for: one, unless AND stands in it.</summary>
    /// <param name="sentence">The prompt as typed.</param>
    /// <param name="use">How it is to be read.</param>
    /// <param name="note">Told, in a sentence each, how it is read.</param>
    /// <returns>The terms, and what may be meant otherwise, in a sentence; null for nothing.</returns>
    /// <exception cref="McdmException">As for <see cref="PromptReader.Read"/>.</exception>
    public (IReadOnlyList<EncodedPrompt> Terms, string? Doubt) Encode(string sentence, PromptUse use, Action<string>? note = null)
    {
        var read = _reader.Read(sentence, use, note);
        string? doubt = read.Doubts.Count == 0 ? null : $"Of the prompt '{PromptDoubts.Head(sentence)}': {string.Join("; ", read.Doubts)}.";
        return (read.Parts.Select(part => new EncodedPrompt(Encoded(part.Chunks, note), part.Weight)).ToList(), doubt);
    }

    /// <summary>A prompt's chunks as the U-Net attends to them, with batch dimension 1.</summary>
    /// <param name="chunks">The chunks.</param>
    /// <param name="note">Told where a chunk's mean cannot be restored.</param>
    internal Prompt Encoded(IReadOnlyList<PromptChunk> chunks, Action<string>? note)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var rows = cat(chunks.Chunk(Together).Select(Hidden).ToArray());
        if (chunks.Any(chunk => chunk.Weights.Any(weight => weight != 1))) { rows = Weighed(rows, chunks, note); }
        return new(rows.flatten(0, 1).unsqueeze(0).MoveToOuterDisposeScope());
    }

    /// <summary>What the encoder gives for some chunks, float32 [chunks, tokens, width].</summary>
    internal Tensor Hidden(IReadOnlyList<PromptChunk> chunks)
    {
        var ids = stack(chunks.Select(chunk => tensor(chunk.Ids.Select(id => (long)id).ToArray()))).to(_device);
        return _network.Forward(ids, _leftOut, chunks.SelectMany((chunk, row) => chunk.Embeddings.Select(found => (row, found.Place, found.Embedding.Values))));
    }

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
