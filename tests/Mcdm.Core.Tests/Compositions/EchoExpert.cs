using System.Globalization;
using Mcdm.Core.Tests.Experts;
using Mcdm.Diffusion.Process;
using Mcdm.Diffusion.Schedules;
using Mcdm.Experts;
using Mcdm.Modalities;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Compositions;

/// <summary>An expert of 2×2 pictures that adds to z_t what its condition's value means to it: numbers of its own for every value.</summary>
internal sealed class EchoExpert(Modality? modality, string? name = null) : IExpert
{
    public static readonly LatentSpace TwoByTwo = new(1, 2, 2, new VariancePreserving(NoiseScheduleKind.Cosine, 1000));

    public string Name => name ?? Expert.NameOf(modality);

    public Modality? Modality => modality;

    public LatentSpace Space => TwoByTwo;

    /// <summary>What the expert makes of a condition, whatever its weight.</summary>
    public Tensor Says(Condition condition)
    {
        using var generator = new Generator(ulong.Parse(condition.ContentHash[..8], NumberStyles.HexNumber, CultureInfo.InvariantCulture) + (ulong)Name.Length);
        return randn([1, 1, 2, 2], generator: generator);
    }

    public EncodedInputs Encode(Condition condition, Action<string>? note = null) => new(new OneTensor(Says(condition)), condition);

    public Tensor Predict(Tensor z, NoiseLevel level, ExpertInputs? inputs) => inputs is OneTensor(var value) ? 0.7 * z + value : 0.3 * z;

    /// <summary>ε(z_t, x, t).</summary>
    public Tensor Noise(Tensor z, Condition condition) => this.PredictNoise(z, 1, new OneTensor(Says(condition)));
}
