using Mcdm.Layers.Frozen;
using static TorchSharp.torch;

namespace Mcdm.Families.StableDiffusion.Networks;

/// <summary>
/// An IP-Adapter (Ye et al. 2023): tokens of a picture, and for each cross-attention of a U-Net what makes keys and values of them. Borrows its weights.
/// </summary>
internal sealed class ImageAdapterModel
{
    /// <summary>What its tensors begin with: those of the tokens, and those of the U-Net's attentions.</summary>
    public const string Projection = "image_proj", Attentions = "ip_adapter";

    private readonly FrozenWeights _weights;

    /// <param name="weights">Its weights, the attentions' under the names that they have in the U-Net; they stay the caller's.</param>
    /// <param name="attentions">Each cross-attention of the U-Net, and its width.</param>
    /// <param name="tokenWidth">Numbers of a token of the U-Net's context.</param>
    /// <exception cref="McdmException">A tensor is missing, has another shape, or has no place.</exception>
    public ImageAdapterModel(FrozenWeights weights, IEnumerable<(string Name, long Width)> attentions, long tokenWidth)
    {
        _weights = weights;
        Tokens = ImageProjection.Of(weights.At(Projection), tokenWidth);
        Layers = attentions.ToDictionary(attention => attention.Name, attention =>
        {
            var at = weights.At($"{Attentions}.{attention.Name}");
            return (at.Linear("to_k_ip", tokenWidth, attention.Width, bias: false), at.Linear("to_v_ip", tokenWidth, attention.Width, bias: false));
        });
        weights.RequireAllTaken();
    }

    /// <summary>Makes tokens of what CLIP sees in a picture.</summary>
    public ImageProjection Tokens { get; }

    /// <summary>What makes keys and values of tokens, by the names of the U-Net's attentions.</summary>
    public IReadOnlyDictionary<string, (Linear Key, Linear Value)> Layers { get; }

    /// <summary>What it computes in.</summary>
    public ScalarType Type => _weights.Type;

    /// <summary>Numbers that it was trained to have.</summary>
    public long Parameters => _weights.Parameters;
}
