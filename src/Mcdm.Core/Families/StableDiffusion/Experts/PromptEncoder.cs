using Mcdm.Layers.Clip;
using Mcdm.Modalities.Text;
using static TorchSharp.torch;

namespace Mcdm.Families.StableDiffusion.Experts;

/// <summary>Prompts to what a U-Net reads by cross-attention.</summary>
/// <param name="tokenizer">CLIP's tokenizer with the model's vocabulary.</param>
/// <param name="network">CLIP's text encoder.</param>
/// <param name="device">Where it computes.</param>
internal sealed class PromptEncoder(ClipTokenizer tokenizer, ClipTextModel network, Device device)
{
    private const int LongestHead = 40;

    /// <summary>Numbers that the text encoder was trained to have.</summary>
    public long Parameters => network.Parameters;

    /// <summary>A prompt's embedding, float32 [1, tokens, width].</summary>
    /// <param name="prompt">The prompt; the empty one is what classifier-free guidance trains as none at all.</param>
    /// <param name="note">Told where the prompt is cut.</param>
    public Tensor Encode(string prompt, Action<string>? note = null)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var (tokens, unread) = tokenizer.Encode(prompt);
        if (unread is not null) { note?.Invoke($"The prompt is longer than the {tokenizer.Length - 2} tokens that this model reads; from '{Head(unread)}' on it is not read."); }
        var ids = tensor(tokens.Select(token => (long)token).ToArray()).unsqueeze(0).to(device);
        return network.Forward(ids).MoveToOuterDisposeScope();
    }

    private static string Head(string text) => text.Length <= LongestHead ? text : text[..LongestHead].Trim() + "…";
}
