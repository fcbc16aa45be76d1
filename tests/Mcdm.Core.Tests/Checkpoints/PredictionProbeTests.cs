using Mcdm.Families.Shared;
using Mcdm.Layers.Frozen;
using Mcdm.Core.Tests.Golden;
using Mcdm.Diffusion.Process;
using Mcdm.Families.StableDiffusion.Networks;
using Mcdm.Weights;
using Mcdm.Weights.Reading;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Checkpoints;

public sealed class PredictionProbeTests
{
    /// <summary>The network gives one number everywhere; what counts is how far it lies below the input of 0.5.</summary>
    [SharedTheory]
    [InlineData(0.5, PredictionKind.Noise)]
    [InlineData(-0.4, PredictionKind.Noise)]
    [InlineData(-0.6, PredictionKind.Velocity)]
    public void A_network_that_answers_far_below_its_input_predicts_v(double answer, PredictionKind expected)
    {
        string folder = GoldenFolder.All.First(golden => golden.Name == "sd2-tiny").Find(Path.Combine("model", "unet"));
        using var file = NetworkWeights.Open(folder);
        using var constant = new ConstantWeights(file, answer);
        using var weights = new FrozenWeights(constant, CPU, ScalarType.Float32);
        var options = JsonConfig.Read(Path.Combine(folder, "config.json")).As<UNet2DConditionOptions>();
        Assert.Equal(expected, PredictionProbe.Ask(new UNet2DConditionModel(weights, options)));
    }

    /// <summary>The tensors of a network, all zero but for the bias of its last layer.</summary>
    private sealed class ConstantWeights(IWeights basis, double answer) : IWeights
    {
        public string Path => basis.Path;

        public IReadOnlyList<string> Names => basis.Names;

        public IReadOnlyList<long> Shape(string name) => basis.Shape(name);

        public ScalarType DataType(string name) => basis.DataType(name);

        public Tensor Read(string name, ScalarType? dataType = null) => full([.. Shape(name)], name == "conv_out.bias" ? answer : 0, dtype: dataType ?? DataType(name));

        public void Dispose()
        {
        }
    }
}
