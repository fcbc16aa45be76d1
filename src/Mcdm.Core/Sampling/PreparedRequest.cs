using Mcdm.Experts;

namespace Mcdm.Sampling;

/// <summary>What a request will cost.</summary>
/// <param name="Steps">Steps of each picture.</param>
/// <param name="EvaluationsPerPicture">Network evaluations of each picture, those of all its particles; fewer where some are copies of others.</param>
/// <param name="Particles">Particles of each picture.</param>
/// <param name="BatchMemory">Bytes that a full batch takes beside the model, roughly.</param>
/// <param name="CodingsPerPicture">Runs of autoencoders' encoders and decoders on the way; 0 for most.</param>
public readonly record struct GenerationCost(int Steps, long EvaluationsPerPicture, int Particles, long BatchMemory, long CodingsPerPicture = 0);

/// <summary>A request that fits its model, with its conditions encoded.</summary>
public sealed class PreparedRequest : IDisposable
{
    private readonly Model _model;

    /// <param name="model">The model.</param>
    /// <param name="request">What to sample.</param>
    /// <param name="batchSize">Particles that go through the networks together.</param>
    /// <param name="note">Told, in a sentence each, what had to be converted or cut in a condition.</param>
    /// <exception cref="McdmException">A condition does not fit the model, or a number is out of range.</exception>
    internal PreparedRequest(Model model, GenerationRequest request, int batchSize, Action<string>? note)
    {
        model.RequireLoaded();
        if (request.Count < 1 || batchSize < 1)
        {
            throw new McdmException("CountOutOfRange", ErrorKind.InvalidArgument, $"Count and batch size are at least 1, not {request.Count} and {batchSize}.");
        }
        if (request.NegativePrompt is "" && !model.Experts.Any(expert => expert.TellsEmptyFromNone)) { request = request with { NegativePrompt = null }; }
        if (request.Frame is not null && !model.Experts.Any(expert => expert.ReadsFrames))
        {
            throw GenerationRequest.Unread("OriginalSize and CropOrigin", $"no network of '{model.Name}' is told what a picture was cut out of, as those of "
                + "Stable Diffusion XL are");
        }
        if (model.Space.IsLatent) { request = request with { Sampling = request.Sampling.ForLatents() }; }
        request.Sampling.Check(model.Space.Process);
        request.Particles.Check();
        request.Combiner.Check(model.Space.Process, request.Sampling, request.Particles);
        (var experts, Space) = model.At(request.Width, request.Height);
        Start = request.From is null ? null : new PreparedStart(model, Space, request.From, note);
        try
        {
            Composition = new Composition(experts, request.Conditions, note, request.Combiner, request.NegativePrompt, Start?.Hole,
                request.Frame);
        }
        catch
        {
            Start?.Dispose();
            throw;
        }
        try
        {
            if (request.NegativePrompt is not null && !Composition.HasUnconditional && !request.IsAgain)
            {
                throw GenerationRequest.Unread("NegativePrompt", "the unconditional prediction that it would change has no part in this composition; "
                    + "give a prompt a weight such as 7.5");
            }
            if (Composition.Bridges.Count > 0 && request.Particles.Particles > 1)
            {
                throw new McdmException("BridgeParticles", ErrorKind.InvalidArgument,
                    "Particles are weighed by what experts of one space say of them, and one of another space takes part; take 1 particle.");
            }
            var used = Composition.Terms.Where(term => term.Expert.Modality is not null).Select(term => term.Expert.Name).ToList();
            request = request with { Combiner = request.Combiner.Prepared(model.Variances, used, Space.Autoencoder, Space.Height, Space.Width) };
            Request = request;
        }
        catch
        {
            Composition.Dispose();
            Start?.Dispose();
            throw;
        }
        PicturesPerBatch = Math.Max(1, batchSize / request.Particles.Particles);
        var taken = request.Sampling with { Steps = Start?.Start.StepsOf(request.Sampling.Steps) ?? request.Sampling.Steps };
        Cost = new GenerationCost(taken.Steps, (long)Composition.EvaluationsPerStep * taken.Evaluations * request.Particles.Particles,
            request.Particles.Particles, BatchSizes.BytesPerPicture(model, Space) * PicturesPerBatch * request.Particles.Particles,
            (long)Composition.CodingsPerStep * taken.Evaluations);
        Multiplications = Composition.MultiplicationsPerStep * taken.Evaluations * request.Particles.Particles;
        _model = model;
    }

    /// <summary>What to sample.</summary>
    public GenerationRequest Request { get; }

    /// <summary>What it will cost.</summary>
    public GenerationCost Cost { get; }

    /// <summary>The time that all its pictures are likely to take.</summary>
    public TimeSpan LikelyTime => SamplingTime.Of(_model, Multiplications * Request.Count);

    /// <summary>Multiplications of the networks for one picture, roughly.</summary>
    internal double Multiplications { get; }

    /// <summary>What of its conditions and its mask may not be meant as it is understood, in a sentence each.</summary>
    public IReadOnlyList<string> Doubts => Start?.Doubt is { } doubt ? [.. Composition.Doubts, doubt] : Composition.Doubts;

    /// <summary>The space at the size of its pictures.</summary>
    internal LatentSpace Space { get; }

    internal Composition Composition { get; }

    /// <summary>The picture that sampling starts from; null for noise alone.</summary>
    internal PreparedStart? Start { get; }

    /// <summary>Pictures of it that fill a batch.</summary>
    internal int PicturesPerBatch { get; }

    /// <summary>Whether pictures of both may share a batch.</summary>
    internal bool SamplesLike(PreparedRequest other) =>
        Space == other.Space && Request.Sampling == other.Request.Sampling && Request.Particles == other.Request.Particles
            && Request.Combiner == other.Request.Combiner
        && Request.NegativePrompt == other.Request.NegativePrompt && Request.From == other.Request.From;

    /// <summary>Disposes the encoded conditions.</summary>
    public void Dispose()
    {
        Composition.Dispose();
        Start?.Dispose();
    }
}
