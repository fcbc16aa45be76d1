using Mcdm.Layers.UNet2D;

namespace Mcdm.Families.PixelDdpm;

/// <summary>Shape of a <see cref="UNet2DModel"/>.</summary>
internal sealed record UNet2DOptions : UNetShape
{
    private const string Down = "AttnDownBlock2D", Up = "AttnUpBlock2D";

    public UNet2DOptions()
    {
        BlockOutChannels = [224, 448, 672, 896];
        (DownBlockTypes, UpBlockTypes) = (["DownBlock2D", Down, Down, Down], [Up, Up, Up, "UpBlock2D"]);
    }

    public override string ClassName => nameof(UNet2DModel);

    /// <summary>Channels of one head of attention; null for a single head.</summary>
    public int? AttentionHeadDim { get; init; } = 8;

    /// <summary>Whether the middle has attention.</summary>
    public bool AddAttention { get; init; } = true;

    public int? AttnNormNumGroups { get; init; }

    /// <summary>Side of the pictures that it was trained with; null where nothing says it.</summary>
    public int? SampleSize { get; init; }

    /// <summary>Groups of the normalization in the middle's attention; null for none.</summary>
    public int? MiddleAttentionGroups => AttnNormNumGroups ?? (ScaleShift ? null : Groups);

    public override IEnumerable<Rule> Rules()
    {
        foreach (var rule in base.Rules()) { yield return rule; }
        int last = Levels - 1;
        var attending = BlockOutChannels.Where((_, level) => level == last || Attends(DownBlockTypes[level]) || Attends(UpBlockTypes[last - level]));
        yield return new(!attending.Any(channels => AttentionHeadDim > channels), nameof(AttentionHeadDim),
            "a width of heads that is not above the number of channels");
        yield return Divides(AttnNormNumGroups ?? 1, [BlockOutChannels[^1]], nameof(AttnNormNumGroups));
    }
}
