using Mcdm.Diffusion.Composition;
using Mcdm.Diffusion.Samplers;
using Mcdm.Experts;
using Mcdm.Modalities;

namespace Mcdm.Sampling;

/// <summary>What to sample: one composition, some pictures of it.</summary>
public sealed record GenerationRequest
{
    private readonly IReadOnlyList<Condition> _conditions = [];

    /// <summary>
    /// The conditions, any number of any modalities; none samples unconditionally. They stand in the order in which they are composed and recorded
    /// (<see cref="Condition.InOrder"/>), whatever order they are given in.
    /// </summary>
    public IReadOnlyList<Condition> Conditions
    {
        get => _conditions;
        init => _conditions = Condition.InOrder(value);
    }

    /// <summary>Columns of the pictures; null for those that the model was trained with.</summary>
    public int? Width { get; init; }

    /// <summary>Rows of the pictures; null for those that the model was trained with.</summary>
    public int? Height { get; init; }

    /// <summary>The picture that sampling starts from; null to start from noise alone.</summary>
    public StartPicture? From { get; init; }

    /// <summary>Number of pictures.</summary>
    public int Count { get; init; } = 1;

    /// <summary>Seed of the first picture; picture k has this plus k.</summary>
    public long Seed { get; init; }

    /// <summary>The sampler and its settings.</summary>
    public SamplerOptions Sampling { get; init; } = new();

    /// <summary>Particles a picture; one is plain sampling.</summary>
    public ParticleOptions Particles { get; init; } = new();

    /// <summary>How predictions are combined.</summary>
    public Combiner Combiner { get; init; } = new Product();

    /// <summary>What ε_u reads in place of the empty prompt, for models whose ε_u reads prompts; null for nothing.</summary>
    public string? NegativePrompt { get; init; }

    /// <summary>What the pictures are to look cut out of; null for nothing larger than they are.</summary>
    public PictureFrame? Frame { get; init; }

    /// <summary>Number of the row that asks for it, to be told; null where none does.</summary>
    public int? Row { get; init; }

    /// <summary>Name of the pictures, for the files they are saved to.</summary>
    public string? Name { get; init; }

    /// <summary>Whether it makes a picture again: what nothing read then is passed over, where else it is an error.</summary>
    public bool IsAgain { get; init; }

    /// <summary>The error of a setting that has no effect on what is asked for.</summary>
    /// <param name="setting">Its name.</param>
    /// <param name="because">Why, in a clause.</param>
    internal static McdmException Unread(string setting, string because) =>
        new("SettingUnread", ErrorKind.InvalidArgument, $"{setting} is not read: {because}.");
}
