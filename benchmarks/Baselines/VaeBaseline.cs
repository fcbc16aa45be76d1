using Mcdm.Diffusion.Samplers;
using Mcdm.Experts;
using Mcdm.Imaging;
using Mcdm.Modalities;
using Mcdm.Modalities.Segment;
using Mcdm.Modalities.Sketch;
using Mcdm.Modalities.Text;
using Mcdm.Runtime;
using static TorchSharp.torch;

namespace Mcdm.Benchmarks.Baselines;

/// <summary>The product-of-experts VAE, to draw pictures with. Owns its native memory.</summary>
internal sealed class VaeBaseline : IBaseline
{
    private readonly VaeNetwork _network;
    private readonly int _latent;
    private readonly SegmentEncoder _masks;
    private readonly SketchEncoder _sketches;
    private readonly TextConditionEncoder _sentences;

    /// <param name="folder">Where it was trained.</param>
    /// <exception cref="McdmException">A file is missing, truncated, tampered with or does not fit the network described.</exception>
    public VaeBaseline(string folder)
    {
        (var description, _network) = VaeObjective.Pack.Read(folder, baseline => VaeNetwork.Create(baseline.Network), ScalarType.Float32);
        int size = description.ImageSize;
        ImageSize = size;
        _latent = description.Network.Latent;
        _masks = new SegmentEncoder(description.Parts, size, size);
        _sketches = new SketchEncoder(size, size);
        _sentences = new TextConditionEncoder(new SubwordTokenizer(description.Vocabulary), description.Network.Text.MaxTokens);
        Training = description.Training;
    }

    /// <inheritdoc/>
    public int ImageSize { get; }

    /// <inheritdoc/>
    public TrainingSummary? Training { get; }

    /// <inheritdoc/>
    public long Parameters => _network.parameters().Sum(parameter => parameter.numel());

    /// <summary>The mean of the picture that a draw from the product of the conditions' experts and the prior decodes to.</summary>
    public IReadOnlyList<Picture> Generate(IReadOnlyList<IReadOnlyList<Condition>> conditions, IReadOnlyList<long> seeds, SamplerOptions sampling)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        using var noise = new NoiseSource(seeds, [_latent]);
        var posteriors = conditions.Select(Posterior).ToList();
        var product = new LatentGaussian(cat(posteriors.Select(one => one.Mean).ToArray()), cat(posteriors.Select(one => one.Precision).ToArray()));
        var pictures = _network.DecodePicture(product.Sample(noise.Next()));
        return Enumerable.Range(0, conditions.Count).Select(k => PictureTensor.FromTensor(pictures[k])).ToList();
    }

    /// <inheritdoc/>
    public void Dispose() => _network.Dispose();

    private LatentGaussian Posterior(IReadOnlyList<Condition> conditions)
    {
        // An expert that knows nothing leaves the prior.
        var nothing = new LatentGaussian(zeros(1, _latent), zeros(1, _latent));
        return LatentGaussian.Product([nothing, .. conditions.Select(Encode)]);
    }

    private LatentGaussian Encode(Condition condition) =>
        condition.Modality == Modality.Sketch ? _network.EncodeSketch(_sketches.Encode(condition).Tensor)
        : condition.Modality == Modality.Segment ? _network.EncodeSegment(_masks.Encode(condition).Tensor)
        : condition.Modality == Modality.Text ? _network.EncodeText(_sentences.Encode(condition).Tensor)
        : throw new InvalidOperationException($"The VAE has no expert for {condition.Modality}.");
}
