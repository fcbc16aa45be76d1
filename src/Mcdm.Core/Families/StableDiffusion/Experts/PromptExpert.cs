using Mcdm.Diffusion.Process;
using Mcdm.Experts;
using Mcdm.Modalities;
using static TorchSharp.torch;

namespace Mcdm.Families.StableDiffusion.Experts;

/// <summary>
/// The expert of prompts of a latent diffusion model, or its ε_u, which is the same network on the empty prompt (or on a negative one).
/// </summary>
internal sealed class PromptExpert : UNetExpert, IGuidableExpert, IHostExpert
{
    /// <param name="name">What it is called.</param>
    /// <param name="modality">Text, or null for ε_u.</param>
    /// <param name="space">The latents.</param>
    /// <param name="prediction">What the U-Net predicts.</param>
    /// <param name="network">The U-Net and its text encoder.</param>
    public PromptExpert(string name, Modality? modality, LatentSpace space, PredictionKind prediction, PromptedUNet network)
        : base(name, space, prediction, network) => Modality = modality;

    /// <inheritdoc/>
    public IHostingExpert With(IReadOnlyList<Expert> guests, LatentSpace space) => new ResidualExpert(this, space, guests.Cast<ControlExpert>().ToList());

    /// <inheritdoc/>
    public override Modality? Modality { get; }

    private protected override EncodedCondition Encode(Condition condition, LatentSpace space, Action<string>? note) =>
        new(Network.Prompts.Encode(condition.Text!, note), condition);

    /// <inheritdoc/>
    public override UNetCall CallOf(Tensor z, ConditionTensors? condition) => new(z, condition?.First ?? Network.Empty, []);
}
