using Mcdm.Diffusion.Process;
using Mcdm.Imaging;
using Mcdm.Modalities;
using static TorchSharp.torch;

namespace Mcdm.Experts;

/// <summary>An expert that is loaded: a network, trained here or by others, in a space. Owns its share of native memory.</summary>
public abstract class Expert : IExpert, IDisposable
{
    private readonly SharedUse _use = new();

    private protected Expert(string name, LatentSpace space, PredictionKind prediction) => (Name, Space, Prediction) = (name, space, prediction);

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>What an expert of a modality is called unless it has a name of its own.</summary>
    public static string NameOf(Modality? modality) => modality?.ExpertName ?? "unconditional";

    /// <inheritdoc/>
    public abstract Modality? Modality { get; }

    /// <inheritdoc/>
    public LatentSpace Space { get; }

    /// <summary>Size of its pictures, unless another is asked for.</summary>
    public PictureSize Size => new(Space.PictureWidth, Space.PictureHeight);

    /// <summary>Steps that it was trained for; null where that is not known.</summary>
    public int? Steps => Training?.Steps;

    /// <summary>Pictures that it learnt from, counted anew each time; null where that is not known.</summary>
    public long? PicturesSeen => Training?.PicturesSeen;

    /// <summary>Its loss at the end of training; null where that is not known.</summary>
    public double? Loss => Training?.Loss;

    /// <summary>Number of its network's parameters, those that it shares with others too.</summary>
    public long Parameters => Networks.Sum(network => network.Parameters);

    /// <summary>Its networks, which others may share, and the number of parameters of each.</summary>
    internal abstract IEnumerable<(object Network, long Parameters)> Networks { get; }

    /// <summary>How it was trained; null where that is not known.</summary>
    public TrainingSummary? Training { get; init; }

    /// <summary>
    /// What tells its weights from others': the SHA-256 of the file they were read from, or of a sample of them; hexadecimal. Null for one that was
    /// made in memory.
    /// </summary>
    public string? Sha256 { get; init; }

    /// <summary>
    /// By what a condition's weight is usually multiplied at each noise level where it is a picture's only one and was given no weight; null for 1.
    /// </summary>
    public WeightSchedule? AloneSchedule { get; init; }

    /// <summary>What its network predicts.</summary>
    public PredictionKind Prediction { get; }

    /// <summary>The device it computes on.</summary>
    public abstract Device Device { get; }

    /// <summary>The arithmetic it computes in.</summary>
    public abstract ScalarType Precision { get; }

    /// <summary>The parts that its masks may name; null where it reads none.</summary>
    public virtual IReadOnlyList<Part>? Parts => null;

    /// <summary>Names that its sentences may have in them beyond words, such as those of embeddings.</summary>
    public virtual IReadOnlyList<string> TextNames => [];

    /// <inheritdoc cref="IExpert.Denoiser"/>
    public abstract IDenoiser Denoiser { get; }

    /// <summary>
    /// Whether its pictures act inside a network that reads prompts, which may take several of them at once; false for the expert of such prompts, null for
    /// other networks.
    /// </summary>
    internal virtual bool? IsAddition => null;

    /// <summary>Whether its network fills holes: it is shown what is around one (<see cref="Hole"/>).</summary>
    internal virtual bool FillsHoles => false;

    /// <summary>Whether it composes in a space whose latents mean the same under another process: its network then knows levels in between.</summary>
    /// <param name="space">The space.</param>
    internal bool Follows(LatentSpace space) => KnowsLevelsBetween && Space.IsLatent && Space.MeansLike(space);

    /// <summary>Whether its network knows levels between those of its process.</summary>
    private protected virtual bool KnowsLevelsBetween => false;

    /// <summary>Whether its network is told what a picture is to look cut out of (<see cref="PictureFrame"/>).</summary>
    internal virtual bool ReadsFrames => false;

    /// <summary>Whether it is told an empty prompt in another way than none at all.</summary>
    internal virtual bool TellsEmptyFromNone => false;

    /// <summary>What to know of pictures of a size that its network did not learn from, in a sentence; null for nothing.</summary>
    /// <param name="space">The space at the size.</param>
    internal virtual string? SizeHint(LatentSpace space) => null;

    /// <summary>Whether its network was trained to take pictures of several types at once, of which it reads one.</summary>
    internal virtual bool TakesSeveral => false;

    /// <summary>Whether what its pictures add belongs to prompts alone, and not to ε_u, where a network takes several of them.</summary>
    internal virtual bool AddsToPromptsAlone => false;

    /// <summary>What a condition says that only some networks read, and this one does not; null for nothing.</summary>
    internal virtual string? Unread(Condition condition) =>
        condition.Guidance is not null ? nameof(condition.Guidance) : condition.PictureWeight is not null ? nameof(condition.PictureWeight) : null;

    /// <summary>Whether guess mode is said of its pictures (ControlNets): where a network takes several of them, ε_u may be left without.</summary>
    internal virtual bool HasGuessMode => false;

    /// <summary>Whether its pictures may act in a part of the picture by a mask inside a network that takes several of them.</summary>
    internal virtual bool TakesMask => false;

    /// <inheritdoc/>
    public EncodedInputs Encode(Condition condition, Action<string>? note = null) => Encode(condition, Space, note);

    /// <summary>As <see cref="Encode(Condition, Action{string}?)"/>, for pictures of a size.</summary>
    /// <param name="condition">A condition of the expert's modality.</param>
    /// <param name="space">The expert's space at the size.</param>
    /// <param name="note">Told, in a sentence each, what had to be converted or cut.</param>
    private protected abstract EncodedInputs Encode(Condition condition, LatentSpace space, Action<string>? note);

    /// <inheritdoc/>
    public virtual ExpertInputs? Unconditioned() => null;

    /// <summary>
    /// Frees the memory of what conditions alone are encoded with, where the model was read so (<see cref="Mcdm.Families.ImportOptions.Offload"/>): it is read
    /// again for the next condition.
    /// </summary>
    /// <returns>The bytes that were freed.</returns>
    internal virtual long Offload() => 0;

    /// <inheritdoc/>
    public Tensor Predict(Tensor z, NoiseLevel level, ExpertInputs? inputs)
    {
        // Its memory stays until the prediction is there.
        using var use = _use.Enter(() => $"The {Name} expert's model");
        using var scope = NewDisposeScope();
        var prediction = Denoiser.Predict(z, level, inputs ?? Unconditioned());
        return Prediction.Convert(Space.Prediction, prediction, z, level).MoveToOuterDisposeScope();
    }

    /// <summary>The same expert for pictures of another size; it shares the network, and lives as long.</summary>
    /// <param name="width">Columns of the pictures.</param>
    /// <param name="height">Rows of the pictures.</param>
    /// <exception cref="McdmException"><c>SizeIndivisible</c>: the space or the network does not allow the size.</exception>
    public virtual IExpert At(int width, int height)
    {
        var space = Space.At(width, height);
        if (space == Space) { return this; }
        RequireSize(space);
        return new SizedExpert(this, space);
    }

    /// <summary>Refuses a size that the network cannot take.</summary>
    /// <exception cref="McdmException"><c>SizeIndivisible</c>.</exception>
    private protected virtual void RequireSize(LatentSpace space)
    {
    }

    /// <summary>Bytes of what one picture keeps alive while a U-Net runs, in float32: about 24 tensors as large as its first level.</summary>
    /// <param name="positions">Positions of the first level.</param>
    /// <param name="channels">Its channels.</param>
    internal static long LiveBytes(long positions, long channels) => positions * channels * sizeof(float) * 24;

    /// <summary>Parameters of the networks that run at each step.</summary>
    internal virtual long ParametersPerStep => Parameters;

    /// <summary>
    /// Multiplications of one evaluation, roughly. A weight of a U-Net is multiplied at each place of its level, and most weights lie at coarse levels: on
    /// average at a tenth of the finest one's places (0.10 of Stable Diffusion 1.5's, 0.07 of XL's).
    /// </summary>
    /// <param name="space">The space at the size.</param>
    internal double Multiplications(LatentSpace space) => ShareOfPlaces * ParametersPerStep * space.Width * space.Height;

    private const double ShareOfPlaces = 0.1;

    /// <summary>Bytes of what one picture keeps alive while its network runs, roughly.</summary>
    internal abstract long BytesPerPicture(LatentSpace space);

    /// <summary>The loaded expert behind one, which may be at another size; null where there is none.</summary>
    internal static Expert? Of(IExpert expert) => expert as Expert ?? (expert is ProcessExpert other ? Of(other.Own) : (expert as SizedExpert)?.Whole);

    /// <summary>Frees its memory, once no thread evaluates it.</summary>
    public void Dispose()
    {
        _use.End(Release);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees its memory.</summary>
    private protected abstract void Release();

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>An expert at another size than its own; equal ones are rows of one batch.</summary>
    private sealed record SizedExpert(Expert Whole, LatentSpace Space) : IExpert
    {
        public string Name => Whole.Name;

        public Modality? Modality => Whole.Modality;

        public IDenoiser Denoiser => Whole.Denoiser;

        public EncodedInputs Encode(Condition condition, Action<string>? note = null) => Whole.Encode(condition, Space, note);

        public ExpertInputs? Unconditioned() => Whole.Unconditioned();

        public Tensor Predict(Tensor z, NoiseLevel level, ExpertInputs? inputs) => Whole.Predict(z, level, inputs);
    }
}
