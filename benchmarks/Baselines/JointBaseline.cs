using Mcdm.Experts;
using Mcdm.Imaging;
using Mcdm.Modalities;
using Mcdm.Networks;
using Mcdm.Runtime;
using Mcdm.Sampling;
using static TorchSharp.torch;

namespace Mcdm.Benchmarks.Baselines;

/// <summary>The jointly trained network, to draw pictures with. Owns its native memory.</summary>
internal sealed class JointBaseline : IBaseline
{
    private readonly UNet _network;
    private readonly JointConditions _conditions;
    private readonly NoiseSchedule _schedule = NoiseSchedule.Create(NoiseScheduleKind.Cosine, 1000);
    private readonly int _size;

    /// <param name="folder">Where it was trained.</param>
    /// <exception cref="McdmException">A file is missing, truncated, tampered with or does not fit the network described.</exception>
    public JointBaseline(string folder)
    {
        var precision = Precision.Auto.On(ComputeDevice.Find("cpu"));
        (var description, _network) = JointObjective.Pack.Read(folder, baseline => UNet.Create(baseline.Network), precision);
        _conditions = new JointConditions(description.Parts, description.Vocabulary, description.Network.Text!.MaxTokens, description.ImageSize);
        _size = description.ImageSize;
        Training = description.Training;
    }

    /// <inheritdoc/>
    public Formats.TrainingSummary? Training { get; }

    /// <inheritdoc/>
    public long Parameters => _network.parameters().Sum(parameter => parameter.numel());

    /// <inheritdoc/>
    public IReadOnlyList<Picture> Generate(IReadOnlyList<IReadOnlyList<Condition>> conditions, IReadOnlyList<long> seeds, SamplerOptions sampling)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var encoded = conditions.Select(_conditions.Encode).ToList();
        var map = cat(encoded.Select(one => one.Map).ToArray());
        var text = _network.Encode(ConditionEncoder.Join(encoded.Select(one => one.Tokens).ToList()));
        using var noise = new NoiseSource(seeds, [3, _size, _size]);
        var z = Samplers.Sample(PredictNoise, _schedule, noise, sampling);
        return Enumerable.Range(0, conditions.Count).Select(k => PictureTensor.FromTensor(z[k])).ToList();

        Tensor PredictNoise(Tensor z, int t)
        {
            using var step = NewDisposeScope();
            var velocity = _network.forward(z, full([z.shape[0]], t, dtype: ScalarType.Int64), map, text).to(ScalarType.Float32);
            return GaussianProcess.Noise(PredictionKind.Velocity, velocity, z, _schedule.AlphaBar(t)).MoveToOuterDisposeScope();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _network.Dispose();
}
