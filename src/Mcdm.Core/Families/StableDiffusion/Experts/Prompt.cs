using Mcdm.Experts;
using static TorchSharp.torch;

namespace Mcdm.Families.StableDiffusion.Experts;

/// <summary>What a model's text encoders make of a sentence.</summary>
/// <param name="Context">What a U-Net attends to, float32 [batch, tokens, width].</param>
/// <param name="Pooled">The sentence as one vector, [batch, width]; null where the U-Net reads none.</param>
internal sealed record Prompt(Tensor Context, Tensor? Pooled = null) : ExpertInputs<Prompt>
{
    /// <inheritdoc/>
    protected override Prompt Mapped(EachTensor<Prompt> map) => new(map(prompt => prompt.Context)!, map(prompt => prompt.Pooled));
}
