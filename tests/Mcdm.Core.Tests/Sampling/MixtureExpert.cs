using Mcdm.Core.Tests.Experts;
using Mcdm.Diffusion.Process;
using Mcdm.Experts;
using Mcdm.Modalities;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Sampling;

/// <summary>An expert whose noise prediction is exact for data from a mixture of normal distributions, pixel by pixel.</summary>
internal sealed class MixtureExpert(Modality? modality, params (double Weight, double Mean, double Deviation)[] components) : IExpert
{
    public string Name => Expert.NameOf(Modality);

    public Modality? Modality => modality;

    public LatentSpace Space => GaussianExpert.DefaultSpace;

    public EncodedInputs Encode(Condition condition, Action<string>? note = null) => new(new OneTensor(zeros(1)));

    /// <summary>The data's density.</summary>
    public double Density(double x) => components.Sum(c => c.Weight * Math.Exp(-0.5 * Math.Pow((x - c.Mean) / c.Deviation, 2)) / c.Deviation);

    public Tensor Predict(Tensor z, NoiseLevel level, ExpertInputs? inputs)
    {
        using var scope = NewDisposeScope();
        var (_, alpha, sigma) = level;
        Tensor density = zeros_like(z), slope = zeros_like(z);
        foreach (var (weight, mean, deviation) in components)
        {
            double variance = alpha * alpha * deviation * deviation + sigma * sigma;
            var away = z - alpha * mean;
            var part = weight / Math.Sqrt(variance) * (away.square() / (-2 * variance)).exp();
            density += part;
            slope += part * away / variance;
        }
        return (sigma * slope / density.clamp_min(1e-30)).MoveToOuterDisposeScope();
    }
}
