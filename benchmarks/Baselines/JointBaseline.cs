using Mcdm.Diffusion.Process;
using Mcdm.Diffusion.Samplers;
using Mcdm.Diffusion.Schedules;
using Mcdm.Experts;
using Mcdm.Families.Own.Experts;
using Mcdm.Families.Own.Files;
using Mcdm.Families.Own.Networks;
using Mcdm.Imaging;
using Mcdm.Modalities;
using Mcdm.Runtime;
using static TorchSharp.torch;

namespace Mcdm.Benchmarks.Baselines;

/// <summary>The jointly trained network, to draw pictures with. Owns its native memory.</summary>
internal sealed class JointBaseline : IBaseline
{
    private readonly UNet _network;
    private readonly JointConditions _conditions;
    private readonly LatentSpace _space;
    private readonly PredictionKind _prediction;
    private readonly TrainedCodec? _codec;

    /// <param name="folder">Where it was trained.</param>
    /// <exception cref="McdmException">A file is missing, truncated, tampered with or does not fit the network described.</exception>
    public JointBaseline(string folder)
    {
        var precision = Precision.Auto.On(ComputeDevice.Find("cpu"));
        (var description, _network) = JointObjective.Pack.Read(folder, baseline => UNet.Create(baseline.Network), precision);
        _conditions = new JointConditions(description.Parts, description.Vocabulary, description.Network.Text!.MaxTokens, description.ImageSize);
        ImageSize = description.ImageSize;
        Training = description.Training;
        // The first joint networks, which say nothing of either, predicted the velocity of pixels.
        _prediction = description.Prediction ?? PredictionKind.Velocity;
        _space = description.Space ?? new LatentSpace(3, ImageSize, ImageSize, new VariancePreserving(NoiseScheduleKind.Cosine, 1000));
        _codec = _space.IsLatent ? SpacePack.Read(folder) : null;
    }

    /// <inheritdoc/>
    public int ImageSize { get; }

    /// <inheritdoc/>
    public TrainingSummary? Training { get; }

    /// <inheritdoc/>
    public long Parameters => _network.parameters().Sum(parameter => parameter.numel());

    /// <inheritdoc/>
    public IReadOnlyList<Picture> Generate(IReadOnlyList<IReadOnlyList<Condition>> conditions, IReadOnlyList<long> seeds, SamplerOptions sampling)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var encoded = conditions.Select(_conditions.Encode).ToList();
        var map = cat(encoded.Select(one => one.Map).ToArray());
        var text = _network.Encode(NetworkInput.JoinTokens(encoded.Select(one => one.Tokens).ToList()));
        using var noise = new NoiseSource(seeds, [_space.Channels, _space.Height, _space.Width]);
        var z = Sampler.Sample(PredictNoise, _space.Process, noise.Next, _space.IsLatent ? sampling.ForLatents() : sampling);
        if (_codec is not null) { z = _codec.Decode(z); }
        return Enumerable.Range(0, conditions.Count).Select(k => PictureTensor.FromTensor(z[k])).ToList();

        NoisePrediction PredictNoise(Tensor z, NoiseLevel level)
        {
            using var step = NewDisposeScope();
            var prediction = _network.forward(z, full([z.shape[0]], level.Nearest, dtype: ScalarType.Int64), map, text).to(ScalarType.Float32);
            return new NoisePrediction(_prediction.Noise(prediction, z, level).MoveToOuterDisposeScope());
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _network.Dispose();
        _codec?.Dispose();
    }
}
