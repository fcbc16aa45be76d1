using Mcdm.Diffusion.Process;
using Mcdm.Diffusion.Schedules;
using Mcdm.Experts;
using Mcdm.Modalities;
using static TorchSharp.torch;

namespace Mcdm.Benchmarks.Bias;

/// <summary>An expert whose guess is exact for pictures of a normal distribution: <c>D = μ + αC (α²C + σ²I)⁻¹ (z − αμ)</c>, C its covariance, which may be singular.</summary>
internal sealed class FieldExpert(string name, Modality? modality, int height, int width, Tensor mean, Tensor covariance) : IExpert
{
    public string Name => name;

    public Modality? Modality => modality;

    public LatentSpace Space { get; } = new(1, width, height, new VariancePreserving(NoiseScheduleKind.Cosine, 1000));

    /// <summary>What the expert leaves open where z has been seen: (C⁻¹ + α²/σ²)⁻¹.</summary>
    public Tensor Open(NoiseLevel level) => covariance - Gain(level).matmul(level.Alpha * covariance);

    private Tensor Gain(NoiseLevel level)
    {
        var (_, alpha, sigma) = level;
        var seen = alpha * alpha * covariance + sigma * sigma * eye(covariance.shape[0], dtype: ScalarType.Float64);
        return alpha * linalg.solve(seen, covariance).t();
    }

    public EncodedInputs Encode(Condition condition, Action<string>? note = null) => new(new Nothing());

    public Tensor Predict(Tensor z, NoiseLevel level, ExpertInputs? inputs)
    {
        using var scope = NewDisposeScope();
        var away = z.flatten(1).to(ScalarType.Float64) - level.Alpha * mean;
        var guess = (mean + away.matmul(Gain(level).t())).to(ScalarType.Float32).reshape(z.shape);
        return level.NoiseOf(guess, z).MoveToOuterDisposeScope();
    }

    private sealed record Nothing : ExpertInputs<Nothing>
    {
        protected override Nothing Mapped(EachTensor<Nothing> map) => this;
    }
}
