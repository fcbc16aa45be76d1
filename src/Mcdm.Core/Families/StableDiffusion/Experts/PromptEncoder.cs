using Mcdm.Experts;
using Mcdm.Layers.Clip;
using Mcdm.Modalities.Text;
using static TorchSharp.torch;

namespace Mcdm.Families.StableDiffusion.Experts;

/// <summary>Sentences to prompts.</summary>
/// <param name="tokenizer">CLIP's tokenizer with the model's vocabulary.</param>
/// <param name="network">CLIP's text encoder.</param>
/// <param name="device">Where it computes.</param>
/// <param name="lifetime">Keeps the empty prompt as long as the weights.</param>
internal sealed class PromptEncoder(ClipTokenizer tokenizer, ClipTextModel network, Device device, SharedLifetime lifetime)
{
    private const int LongestHead = 40;

    private readonly Lazy<Prompt> _empty = new(() => lifetime.With((Prompt)Encoded(tokenizer, network, device, "", null).DetachFromDisposeScope()));

    /// <summary>Numbers that the text encoder was trained to have.</summary>
    public long Parameters => network.Parameters;

    /// <summary>The empty prompt, which classifier-free guidance trains as none at all; the caller owns it.</summary>
    public Prompt Empty() => (Prompt)_empty.Value.Select(tensor => tensor.clone());

    /// <summary>A sentence's prompt, with batch dimension 1.</summary>
    /// <param name="sentence">The sentence.</param>
    /// <param name="note">Told where it is cut.</param>
    public Prompt Encode(string sentence, Action<string>? note = null) => Encoded(tokenizer, network, device, sentence, note);

    private static Prompt Encoded(ClipTokenizer tokenizer, ClipTextModel network, Device device, string sentence, Action<string>? note)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var (tokens, unread) = tokenizer.Encode(sentence);
        if (unread is not null)
        {
            note?.Invoke($"The prompt is longer than the {tokenizer.Length - 2} tokens that this model reads; from '{Head(unread)}' on it is not read.");
        }
        var ids = tensor(tokens.Select(token => (long)token).ToArray()).unsqueeze(0).to(device);
        return new(network.Forward(ids).MoveToOuterDisposeScope());
    }

    private static string Head(string text) => text.Length <= LongestHead ? text : text[..LongestHead].Trim() + "…";
}
