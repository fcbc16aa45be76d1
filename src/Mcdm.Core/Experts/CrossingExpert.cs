using Mcdm.Diffusion.Process;
using Mcdm.Modalities;
using static TorchSharp.torch;

namespace Mcdm.Experts;

/// <summary>An expert of another space, at the size at which it sees the pictures, as an expert of the space that is sampled.</summary>
/// <param name="Name">What it is called in the model that samples.</param>
/// <param name="Space">The space that is sampled, at the pictures' size.</param>
/// <param name="Expert">The expert, in its own space.</param>
/// <param name="Unconditional">ε_u of its own space.</param>
/// <param name="Own">ε_u of the space that is sampled.</param>
/// <param name="Bridge">Between the two.</param>
internal sealed record CrossingExpert(string Name, LatentSpace Space, IExpert Expert, IExpert Unconditional, IExpert Own, Bridge Bridge) : IExpert, IDenoiser
{
    /// <inheritdoc/>
    public Modality? Modality => Expert.Modality;

    /// <summary>The level from which on, downwards, it gives nothing.</summary>
    public double EndLevel => Bridge.EndIn(Space.Process);

    /// <inheritdoc/>
    public EncodedInputs Encode(Condition condition, Action<string>? note = null) => Stronger(Expert.Encode(condition, note));

    /// <inheritdoc/>
    public Tensor Predict(Tensor z, NoiseLevel level, ExpertInputs? inputs)
    {
        using var scope = NewDisposeScope();
        var denoised = Space.Prediction.Denoised(Own.Predict(z, level, null), z, level);
        var push = Bridge.Pushes(denoised, level, new long[z.shape[0]], Unconditional, [(Expert, inputs, null)])[0];
        return PredictionKind.Sample.Convert(Space.Prediction, denoised + push, z, level).MoveToOuterDisposeScope();
    }

    private EncodedInputs Stronger(EncodedInputs encoded) => encoded with
    {
        Factor = encoded.Factor * Bridge.Options.Strength,
        Further = encoded.Further.Select(Stronger).ToList(),
    };
}
