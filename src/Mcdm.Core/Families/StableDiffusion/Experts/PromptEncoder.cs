using Mcdm.Experts;
using Mcdm.Families.StableDiffusion.Prompts;
using static TorchSharp.torch;

namespace Mcdm.Families.StableDiffusion.Experts;

/// <summary>One of the terms that a prompt asks for.</summary>
/// <param name="Prompt">What the text encoders make of it, with batch dimension 1.</param>
/// <param name="Weight">By what the condition's weight is multiplied.</param>
internal readonly record struct EncodedPrompt(Prompt Prompt, double Weight);

/// <summary>Sentences to prompts: what the text encoders give for a token stands side by side.</summary>
internal sealed class PromptEncoder
{
    private readonly IReadOnlyList<TextEncoder> _encoders;
    private readonly Lazy<Prompt> _none;

    /// <param name="encoders">The text encoders, at least one; the first says how prompts are read.</param>
    /// <param name="lifetime">Keeps no prompt as long as the weights.</param>
    /// <param name="noneIsZero">Whether no prompt is zeros, and not what the encoders make of an empty one.</param>
    public PromptEncoder(IReadOnlyList<TextEncoder> encoders, SharedLifetime lifetime, bool noneIsZero = false)
    {
        (_encoders, NoneIsZero) = (encoders, noneIsZero);
        _none = new(() => lifetime.With((Prompt)None().DetachFromDisposeScope()));

        ExpertInputs None()
        {
            using var scope = NewDisposeScope();
            var empty = Encoded(encoders.Select(encoder => encoder.Reader.Read("", PromptUse.Literal).Parts[0].Chunks).ToList(), null);
            return (noneIsZero ? empty.Select(tensor => zeros_like(tensor)) : empty).MoveToOuterDisposeScope();
        }
    }

    /// <summary>Whether no prompt is zeros, and not what the encoders make of an empty one.</summary>
    public bool NoneIsZero { get; }

    /// <summary>Numbers that the text encoders were trained to have.</summary>
    public long Parameters => _encoders.Sum(encoder => encoder.Parameters);

    /// <summary>Names of embeddings that prompts may have in them.</summary>
    public IReadOnlyList<string> Names => [.. _encoders[0].Reader.Embeddings.All.Select(embedding => embedding.Name)];

    /// <summary>No prompt, as classifier-free guidance trains it: the empty one, or zeros; the caller owns it.</summary>
    public Prompt Empty() => (Prompt)_none.Value.Select(tensor => tensor.clone());

    /// <summary>The terms that a prompt asks for: one, unless AND stands in it.</summary>
    /// <param name="sentence">The prompt as typed.</param>
    /// <param name="use">How it is to be read.</param>
    /// <param name="note">Told, in a sentence each, how it is read.</param>
    /// <returns>The terms, and what may be meant otherwise, in a sentence; null for nothing.</returns>
    /// <exception cref="McdmException">As for <see cref="PromptReader.Read"/>; <c>VocabularyMismatch</c>.</exception>
    public (IReadOnlyList<EncodedPrompt> Terms, string? Doubt) Encode(string sentence, PromptUse use, Action<string>? note = null)
    {
        var read = _encoders.Select((encoder, i) => encoder.Reader.Read(sentence, use, i == 0 ? note : null)).ToList();
        string? doubt = read[0].Doubts.Count == 0 ? null : $"Of the prompt '{PromptDoubts.Head(sentence)}': {string.Join("; ", read[0].Doubts)}.";
        return (read[0].Parts.Select((part, i) => new EncodedPrompt(Encoded(read.ConvertAll(own => own.Parts[i].Chunks), note), part.Weight)).ToList(), doubt);
    }

    /// <inheritdoc cref="Expert.Offload"/>
    public long Offload() => _encoders.Sum(encoder => encoder.Offload());

    /// <summary>A prompt's chunks as the U-Net reads them, with batch dimension 1.</summary>
    /// <param name="chunks">The chunks of each text encoder, as many for all.</param>
    /// <param name="note">Told where a chunk's mean cannot be restored.</param>
    /// <exception cref="McdmException"><c>VocabularyMismatch</c>: the encoders' vocabularies are not of one model.</exception>
    internal Prompt Encoded(IReadOnlyList<IReadOnlyList<PromptChunk>> chunks, Action<string>? note)
    {
        if (chunks.FirstOrDefault(own => own.Count != chunks[0].Count) is { Count: var other })
        {
            throw new McdmException("VocabularyMismatch", ErrorKind.InvalidData,
                $"The model's tokenizers cut a prompt into {chunks[0].Count} and {other} chunks; they belong to different models.");
        }
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var parts = _encoders.Zip(chunks, (encoder, own) => encoder.Encoded(own, note)).ToList();
        var context = parts.Count == 1 ? parts[0].Context : cat(parts.ConvertAll(part => part.Context), 2);
        return new(context.MoveToOuterDisposeScope(), parts[^1].Pooled?.MoveToOuterDisposeScope());
    }
}
