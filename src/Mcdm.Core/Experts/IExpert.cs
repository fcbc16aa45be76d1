using Mcdm.Diffusion.Process;
using Mcdm.Modalities;
using static TorchSharp.torch;

namespace Mcdm.Experts;

/// <summary>A diffusion model of one prior: it predicts the noise in z_t given one modality, or none.</summary>
public interface IExpert
{
    /// <summary>What it is called, which tells it from others of its modality.</summary>
    string Name { get; }

    /// <summary>The modality it was trained with; null for the unconditional expert.</summary>
    Modality? Modality { get; }

    /// <summary>The space in which its predictions may be added to others'.</summary>
    LatentSpace Space { get; }

    /// <summary>Where its network is evaluated; experts that share it are evaluated as one batch. Null where it is always evaluated alone.</summary>
    IDenoiser? Denoiser => null;

    /// <summary>What a condition becomes for this expert's network; the same at every step. Batch dimension 1.</summary>
    /// <param name="condition">A condition of the expert's modality.</param>
    /// <param name="note">Told, in a sentence each, what had to be converted or cut.</param>
    /// <exception cref="McdmException">The condition does not fit the expert.</exception>
    EncodedInputs Encode(Condition condition, Action<string>? note = null);

    /// <summary>
    /// What it reads where nothing is asked for, such as the empty prompt; null for an expert that reads nothing then, or that predicts nothing without a
    /// condition. The caller owns it.
    /// </summary>
    ExpertInputs? Unconditioned() => null;

    /// <summary>ε(z_t, x_i, t), or ε(z_t, t) for the unconditional expert, in the form that the space adds (<see cref="LatentSpace.Prediction"/>).</summary>
    /// <param name="z">Noisy pictures z_t, float32 [batch, channels, height, width].</param>
    /// <param name="level">t, with α_t and σ_t, the same for the batch. What knows no levels in between takes the nearest.</param>
    /// <param name="inputs">What <see cref="Encode"/> gave, with batch dimension 1 or z's; null for <see cref="Unconditioned"/>.</param>
    /// <returns>The prediction, float32, of z's shape.</returns>
    Tensor Predict(Tensor z, NoiseLevel level, ExpertInputs? inputs);
}
