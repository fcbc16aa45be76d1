using Mcdm.Diffusion.Process;
using Mcdm.Diffusion.Schedules;
using Mcdm.Experts;
using Mcdm.Modalities;
using static TorchSharp.torch;

namespace Mcdm.Benchmarks.Bias;

/// <summary>
/// An expert whose noise prediction is exact for data from a mixture of normal distributions, an axis a channel: z_t is from the
/// mixture with means √ᾱ μ and variances ᾱ s² + 1 − ᾱ, and ε = −√(1−ᾱ) ∇log p_t.
/// </summary>
internal sealed class ExactExpert(NormalMixture data, Modality? modality) : IExpert
{
    public string Name => Expert.NameOf(modality);

    public Modality? Modality => modality;

    public LatentSpace Space { get; init; } = new(data.Dimensions, 1, 1, new VariancePreserving(NoiseScheduleKind.Cosine, 1000));

    public EncodedInputs Encode(Condition condition, Action<string>? note = null) => new(new Nothing());

    public Tensor Predict(Tensor z, NoiseLevel level, ExpertInputs? inputs)
    {
        using var scope = NewDisposeScope();
        var (_, alpha, sigma) = level;
        var logs = new List<Tensor>();
        var pulls = new List<Tensor>();
        foreach (var (weight, mean, deviation) in data.Components)
        {
            double[] variances = Array.ConvertAll(deviation, s => alpha * alpha * s * s + sigma * sigma);
            var variance = tensor(variances, ScalarType.Float32).reshape(1, -1, 1, 1);
            var away = z - alpha * tensor(mean, ScalarType.Float32).reshape(1, -1, 1, 1);
            pulls.Add(away / variance);
            logs.Add((away.square() / variance).sum(1, keepdim: true) * -0.5 + (Math.Log(weight) - 0.5 * variances.Sum(Math.Log)));
        }
        var shares = softmax(stack(logs), 0);
        return (sigma * (shares * stack(pulls)).sum(dim: 0)).MoveToOuterDisposeScope();
    }

    /// <summary>It knows its data whatever a condition says.</summary>
    private sealed record Nothing : ExpertInputs<Nothing>
    {
        protected override Nothing Mapped(EachTensor<Nothing> map) => this;
    }
}
