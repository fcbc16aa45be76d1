using System.Security.Cryptography;
using System.Text;
using Mcdm.Diffusion.Composition;
using Mcdm.Diffusion.Samplers;
using Mcdm.Imaging;
using Mcdm.Modalities;
using Mcdm.Runtime;

namespace Mcdm.Experts;

/// <summary>A named set of experts that share a space. Owns their native memory.</summary>
public sealed class Model : IDisposable
{
    private readonly List<IDisposable> _companions = [];
    private bool _disposed;

    /// <summary>Joins experts into a model.</summary>
    /// <param name="name">What users call it.</param>
    /// <param name="experts">Its experts, at least one.</param>
    /// <param name="path">The folder it was read from.</param>
    /// <param name="description">What it makes, in a sentence.</param>
    /// <param name="credits">Whose work it builds on.</param>
    /// <param name="codec">What shows latents as pictures; null for experts of pixels.</param>
    /// <exception cref="McdmException">
    /// Two spaces (that differ in more than the process), two experts of one name, or an autoencoder that is not the space's.
    /// </exception>
    public Model(string name, IReadOnlyList<Expert> experts, string? path = null, string? description = null, string? credits = null, LatentCodec? codec = null)
    {
        if (experts.Count == 0)
        {
            throw new McdmException("ModelEmpty", ErrorKind.InvalidArgument, $"Model '{name}' has no experts.");
        }
        foreach (var expert in experts.Where(expert => !expert.Follows(experts[0].Space))) { RequireSameSpace(experts[0], expert); }
        if (experts.GroupBy(expert => expert.Name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new McdmException("ModelExpertTwice", ErrorKind.InvalidArgument,
                $"Model '{name}' would have {twice.Count()} experts named '{twice.Key}' "
                    + $"({string.Join(", ", twice.Select(expert => expert.Modality?.Name ?? "unconditional"))}); give them names of their own: "
                    + "Start-McdmTraining -Expert for those that are trained here, the names of folders and files for others.");
        }
        if (codec?.Identity != experts[0].Space.Autoencoder)
        {
            throw new McdmException("SpaceMismatch", ErrorKind.InvalidArgument,
                $"The experts of model '{name}' work in {experts[0].Space}, but "
                    + $"{(codec is null ? "it has no autoencoder" : $"its autoencoder is {codec.Identity}, another space's")}; copy the folder again, or "
                    + "train them in one space.");
        }
        Name = name;
        Experts = experts;
        Codec = codec;
        Path = path;
        Description = description;
        Credits = credits;
        Hash = HashOf(experts);
        Device = experts[0].Device;
        Precision = experts[0].Precision.ToString().ToLowerInvariant();
    }

    /// <summary>One model with the experts of several; its name is their names with + between.</summary>
    /// <exception cref="McdmException">Two spaces, or two experts of one name.</exception>
    public static Model Join(IReadOnlyList<Model> models) =>
        Join(string.Join('+', models), models, description: Joined(models, model => model.Description), credits: Joined(models, model => model.Credits));

    private static string? Joined(IReadOnlyList<Model> models, Func<Model, string?> text) =>
        string.Join(' ', models.Select(text).OfType<string>().Distinct()) is { Length: > 0 } all ? all : null;

    /// <inheritdoc cref="Join(IReadOnlyList{Model})"/>
    public static Model Join(string name, IReadOnlyList<Model> models, string? path = null, string? description = null, string? credits = null)
    {
        var joined = new Model(name, models.SelectMany(model => model.Experts).ToList(), path, description, credits, models[0].Codec)
        {
            Sampling = models.Select(model => model.Sampling).FirstOrDefault(sampling => sampling is not null),
            Combiner = models.Select(model => model.Combiner).FirstOrDefault(combiner => combiner is not null),
            // Variances of one model's experts say nothing of another's.
            Variances = models.Count == 1 ? models[0].Variances : null,
            Notes = models.SelectMany(model => model.Notes).Distinct().ToList(),
            Warnings = models.SelectMany(model => model.Warnings).Distinct().ToList(),
        };
        // Their encoders are the same; the first one's decoder is kept.
        foreach (var other in models.Skip(1)) { other.Codec?.Dispose(); }
        return joined;
    }

    /// <summary>What users call it.</summary>
    public string Name { get; }

    /// <summary>The folder it was read from; null for one made in memory.</summary>
    public string? Path { get; }

    /// <summary>What it makes, in a sentence.</summary>
    public string? Description { get; }

    /// <summary>Whose work it builds on.</summary>
    public string? Credits { get; }

    /// <summary>The experts.</summary>
    public IReadOnlyList<Expert> Experts { get; }

    /// <summary>How its pictures are sampled unless a request says otherwise; null for Mcdm's own defaults.</summary>
    public SamplerOptions? Sampling { get; init; }

    /// <summary>How predictions of several conditions are combined unless a request says otherwise; null for the product.</summary>
    public Combiner? Combiner { get; init; }

    /// <summary>What each expert leaves open of its pictures; null where that was not measured.</summary>
    public VarianceTable? Variances { get; init; }

    /// <summary>How experts of other spaces act in it; null where all are of one.</summary>
    public BridgeOptions? Bridge { get; init; }

    /// <summary>What was found on reading it, in a sentence each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>What its files say and is not used, in a sentence each.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Shows latents as pictures; null where the experts work on pixels.</summary>
    public LatentCodec? Codec { get; }

    /// <summary>
    /// Tells this model's weights from others', in 16 hexadecimal digits: a hash of those of its experts' files; null for one that was made in memory.
    /// </summary>
    public string? Hash { get; }

    /// <summary>The space all experts share, at the size that pictures have unless a request says otherwise.</summary>
    public LatentSpace Space => Experts[0].Space;

    /// <summary>Size of its pictures, unless another is asked for.</summary>
    public PictureSize Size => new(Space.PictureWidth, Space.PictureHeight);

    /// <summary>Whether its networks fill holes in pictures, and are shown what is around them.</summary>
    internal bool FillsHoles => Experts.Any(expert => expert.FillsHoles);

    /// <summary>The modalities it takes conditions of.</summary>
    public IReadOnlyList<Modality> Modalities => Experts.Select(expert => expert.Modality).OfType<Modality>().Distinct()
        .OrderBy(modality => modality.Order).ToList();

    /// <summary>The parts its masks may name; none without a segment expert.</summary>
    public IReadOnlyList<Part> Parts => Experts.Select(expert => expert.Parts).FirstOrDefault(parts => parts is not null) ?? [];

    /// <summary>Number of parameters of all experts; those of a network that several share count once.</summary>
    public long Parameters => Experts.SelectMany(expert => expert.Networks).DistinctBy(network => network.Network).Sum(network => network.Parameters);

    /// <summary>The device its networks compute on.</summary>
    public TorchSharp.torch.Device Device { get; }

    /// <summary>The arithmetic its networks compute in, such as float32.</summary>
    public string Precision { get; }

    /// <summary>True once it has been disposed.</summary>
    public bool IsDisposed => _disposed;

    /// <summary>Lets something live as long as the model does.</summary>
    public void DisposeAlong(IDisposable companion) => _companions.Add(companion);

    /// <summary>Refuses a model that has been disposed.</summary>
    /// <exception cref="McdmException">It has been removed.</exception>
    public void RequireLoaded()
    {
        if (_disposed) { throw new McdmException("ModelRemoved", ErrorKind.InvalidArgument, $"Model '{Name}' has been removed; import it again."); }
    }

    /// <inheritdoc cref="Expert.Offload"/>
    internal long Offload() => Experts.Sum(expert => expert.Offload());

    private static string? HashOf(IReadOnlyList<Expert> experts) => experts.All(expert => expert.Sha256 is not null)
        ? Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(string
            .Join('\n', experts.Select(expert => expert.Sha256).Order(StringComparer.Ordinal)))))[..16].ToLowerInvariant()
        : null;

    /// <summary>The expert of a name.</summary>
    /// <exception cref="McdmException"><c>ExpertMissing</c>: the message names those there are.</exception>
    public Expert Expert(string name) => Experts.FirstOrDefault(expert => expert.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
        ?? throw ExpertChoice.Missing($"Model '{Name}' has no expert '{name}'", Experts);

    /// <summary>The first expert of a modality.</summary>
    /// <exception cref="McdmException"><c>ExpertMissing</c>: the message names those there are.</exception>
    public Expert Expert(Modality modality) => Experts.FirstOrDefault(expert => expert.Modality == modality)
        ?? throw ExpertChoice.Missing($"Model '{Name}' has no {modality.ExpertName} expert", Experts);

    /// <summary>ε(z_t, t).</summary>
    /// <exception cref="McdmException"><c>ExpertMissing</c>.</exception>
    public Expert Unconditional => Experts.Unconditional();

    /// <summary>Refuses experts whose predictions may not be added.</summary>
    /// <exception cref="McdmException">Their spaces differ; the message names both.</exception>
    public static void RequireSameSpace(IExpert first, IExpert second)
    {
        if (!first.Space.Matches(second.Space))
        {
            throw new McdmException("SpaceMismatch", ErrorKind.InvalidArgument,
                $"The {first.Name} expert works in {first.Space} and the {second.Name} expert in {second.Space}; experts compose only inside one space "
                    + "(Import-McdmModel -Bridge lets a model of one space steer another's).");
        }
    }

    /// <summary>The experts for pictures of a size, and the space at it.</summary>
    /// <param name="width">Columns of the pictures; null for those of <see cref="Space"/>.</param>
    /// <param name="height">Rows of the pictures; null for those of <see cref="Space"/>.</param>
    /// <exception cref="McdmException"><c>SizeIndivisible</c>: the space or a network does not allow the size.</exception>
    public (IReadOnlyList<IExpert> Experts, LatentSpace Space) At(int? width, int? height)
    {
        var space = Space.At(width ?? Space.PictureWidth, height ?? Space.PictureHeight);
        return (Experts.Select(expert => ProcessExpert.In(expert.At(space.PictureWidth, space.PictureHeight), space)).ToList(), space);
    }

    /// <summary>Frees the experts' memory.</summary>
    public void Dispose()
    {
        if (_disposed) { return; }
        _disposed = true;
        foreach (var expert in Experts) { expert.Dispose(); }
        Codec?.Dispose();
        _companions.ForEach(companion => companion.Dispose());
        NativeMemory.GiveBackFreedBlocks();
    }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
