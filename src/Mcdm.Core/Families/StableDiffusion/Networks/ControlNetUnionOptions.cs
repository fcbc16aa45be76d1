namespace Mcdm.Families.StableDiffusion.Networks;

/// <summary>Shape of a <see cref="ControlNetModel"/> that was trained for pictures of several types (ControlNet++, ControlNet-Union).</summary>
internal sealed record ControlNetUnionOptions : ControlNetOptions
{
    private const int MostTypes = 64;

    /// <summary>The class of diffusers.</summary>
    public const string UnionClass = "ControlNetUnionModel";

    /// <summary>What the types are, in their order; the last two are of the newer files alone.</summary>
    private static readonly string[] s_names = ["pose", "depth", "scribble", "canny", "normal", "segment", "tile", "repaint"];

    public ControlNetUnionOptions() => ConditioningEmbeddingOutChannels = [48, 96, 192, 384];

    public override string ClassName => UnionClass;

    /// <summary>Types of pictures.</summary>
    public int NumControlType { get; init; } = 6;

    /// <summary>Transformer blocks that its types' tokens go through.</summary>
    public int NumTransLayer { get; init; } = 1;

    /// <summary>What a type is called; a number where nobody has a name for it.</summary>
    public static string NameOf(int type) => type < s_names.Length ? s_names[type] : FormattableString.Invariant($"type{type}");

    public override IEnumerable<Rule> Rules() =>
    [
        .. base.Rules(),
        new(NumControlType <= MostTypes, nameof(NumControlType), $"a number of types up to {MostTypes}"),
        new(NumTransLayer == 1, nameof(NumTransLayer), "only 1", IsOurs: true),
        new(AdditionEmbedType is not null, nameof(AdditionEmbedType), "only text_time here", IsOurs: true),
    ];
}
