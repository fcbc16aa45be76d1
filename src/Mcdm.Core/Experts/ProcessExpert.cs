using Mcdm.Diffusion.Process;
using Mcdm.Modalities;
using static TorchSharp.torch;

namespace Mcdm.Experts;

/// <summary>
/// An expert in a space that differs from its own in the process alone. At an equal signal-to-noise ratio z is the same (between two processes that preserve
/// the variance; else after rescaling by α), so the expert is asked at the level of its own process that has z's ratio, which mostly lies between two. Where z
/// is noisier than all it knows, it is asked at its noisiest level. What it says of the noise is taken there; where noise alone says nothing, its guess of the
/// picture.
/// </summary>
/// <param name="expert">The expert, at the pictures' size.</param>
/// <param name="space">The space that the others work in, at the same size.</param>
internal sealed class ProcessExpert(IExpert expert, LatentSpace space) : IExpert, IEquatable<ProcessExpert>
{
    /// <summary>The expert in its own space.</summary>
    public IExpert Own => expert;

    /// <inheritdoc/>
    public string Name => expert.Name;

    /// <inheritdoc/>
    public Modality? Modality => expert.Modality;

    /// <inheritdoc/>
    public LatentSpace Space => space;

    /// <inheritdoc/>
    public IDenoiser? Denoiser => expert.Denoiser;

    /// <summary>That some levels lie beyond what the expert knows, in a sentence; null where none does.</summary>
    public string? Hint => expert.Space.Process.Like(space.Process.Level(space.Process.Steps)).IsBeyond
        ? $"The noisiest levels of the run are noisier than all that the {Name} expert knows: it is asked at its noisiest level there." : null;

    /// <inheritdoc/>
    public EncodedInputs Encode(Condition condition, Action<string>? note = null) => expert.Encode(condition, note);

    /// <inheritdoc/>
    public ExpertInputs? Unconditioned() => expert.Unconditioned();

    /// <inheritdoc/>
    public Tensor Predict(Tensor z, NoiseLevel level, ExpertInputs? inputs)
    {
        using var scope = NewDisposeScope();
        var (own, isBeyond) = expert.Space.Process.Like(level);
        var prediction = expert.Predict(z, own, inputs);
        var kind = expert.Space.Prediction;
        if (isBeyond)
        {
            (prediction, kind) = space.Prediction == PredictionKind.Noise ? (kind.Noise(prediction, z, own), PredictionKind.Noise)
                : (kind.Denoised(prediction, z, own), PredictionKind.Sample);
        }
        return kind.Convert(space.Prediction, prediction, z, level).MoveToOuterDisposeScope();
    }

    /// <summary>An expert in a space: itself where that is its own.</summary>
    /// <param name="expert">The expert, at the pictures' size.</param>
    /// <param name="space">The space that the others work in, at the same size.</param>
    public static IExpert In(IExpert expert, LatentSpace space) => expert.Space.Process.Matches(space.Process) ? expert : new ProcessExpert(expert, space);

    /// <summary>Rows of equal experts share a batch.</summary>
    public bool Equals(ProcessExpert? other) => other is not null && expert.Equals(other.Own) && space.Equals(other.Space);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ProcessExpert);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(expert, space);
}
