using Mcdm.Core.Tests.Sampling;
using Mcdm.Diffusion.Process;
using Mcdm.Experts;
using Mcdm.Modalities;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Experts;

/// <summary>Experts that share a denoiser go through it together, as far as it takes their rows.</summary>
public sealed class ExpertRowsTests
{
    private static readonly NoiseLevel s_level = new(400, Math.Sqrt(0.5), Math.Sqrt(0.5));

    [Theory]
    [InlineData(0, new[] { 2, 1, 3 })]
    [InlineData(2, new[] { 2, 1, 3 })]
    [InlineData(3, new[] { 3, 3 })]
    [InlineData(6, new[] { 6 })]
    public void Rows_are_taken_together_up_to_what_the_denoiser_allows(int most, int[] batches)
    {
        using var scope = NewDisposeScope();
        var shared = new Adding(most);
        Adder first = new("first", shared), second = new("second", shared);
        var predictions = ExpertRows.Predict([Of(first, 2, 10), Of(second, 1, 20), Of(first, 3, 30)], s_level);
        Assert.Equal(batches, shared.Batches);
        Assert.Equal([[11, 11], [21], [31, 31, 31]], predictions.Select(prediction => prediction.data<float>().ToArray()));
    }

    [Fact]
    public void Experts_without_a_common_denoiser_are_evaluated_apart()
    {
        using var scope = NewDisposeScope();
        Adding one = new(100), other = new(100);
        var alone = new ExpertRows(new GaussianExpert(0, 1), ones(1, 1, 1, 1), null);
        _ = ExpertRows.Predict([Of(new Adder("a", one), 1, 1), Of(new Adder("b", other), 2, 1), alone], s_level);
        Assert.Equal([1], one.Batches);
        Assert.Equal([2], other.Batches);
    }

    private static ExpertRows Of(IExpert expert, int rows, float adds) => new(expert, ones(rows, 1, 1, 1), new OneTensor(tensor(new[] { adds })));

    /// <summary>Adds its input to z, and remembers its batches.</summary>
    private sealed class Adding(int most) : IDenoiser
    {
        public List<int> Batches { get; } = [];

        public long MostPositions => most;

        public Tensor Predict(Tensor z, NoiseLevel level, ExpertInputs? inputs)
        {
            Batches.Add((int)z.shape[0]);
            return z + ((OneTensor)inputs!).Value.reshape(-1, 1, 1, 1);
        }
    }

    private sealed class Adder(string name, IDenoiser denoiser) : IExpert
    {
        public string Name => name;

        public Modality? Modality => Modality.Text;

        public LatentSpace Space => GaussianExpert.DefaultSpace;

        public IDenoiser Denoiser => denoiser;

        public EncodedInputs Encode(Condition condition, Action<string>? note = null) => throw new NotSupportedException();

        public Tensor Predict(Tensor z, NoiseLevel level, ExpertInputs? inputs) => denoiser.Predict(z, level, inputs);
    }
}
