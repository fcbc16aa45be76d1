using Mcdm.Core.Tests.Experts;
using Mcdm.Diffusion.Process;
using Mcdm.Diffusion.Samplers;
using Mcdm.Diffusion.Schedules;
using Mcdm.Experts;
using Mcdm.Modalities;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Sampling;

/// <summary>
/// An expert whose noise prediction is exact: every pixel of the data is N(μ, s²), so z_t is N(α μ, α² s² + σ²), and
/// ε(z, t) = −σ · score = σ (z − α μ) / (α² s² + σ²).
/// </summary>
internal sealed class GaussianExpert(double mean, double deviation, Modality? modality = null, LatentSpace? space = null) : IExpert
{
    public static LatentSpace DefaultSpace { get; } = new(1, 1, 1, new VariancePreserving(NoiseScheduleKind.Cosine, 1000));

    public int Calls { get; private set; }

    public string Name => Expert.NameOf(Modality);

    public Modality? Modality => modality;

    public LatentSpace Space => space ?? DefaultSpace;

    public EncodedInputs Encode(Condition condition, Action<string>? note = null) => new(new OneTensor(zeros(1)));

    public Tensor Predict(Tensor z, NoiseLevel level, ExpertInputs? inputs)
    {
        Calls++;
        var (_, alpha, sigma) = level;
        double variance = deviation * deviation;
        var noise = sigma * (z - alpha * mean) / (alpha * alpha * variance + sigma * sigma);
        return Space.Prediction == PredictionKind.Noise ? noise : alpha * noise - sigma * mean - alpha * variance * noise;
    }

    public Tensor PredictNoise(Tensor z, int t) => this.PredictNoise(z, t, null);

    /// <summary>As a sampler asks.</summary>
    public NoisePrediction Predict(Tensor z, NoiseLevel level) => new(Predict(z, level, null)) { Kind = Space.Prediction };
}
