using Mcdm.Layers.UNet2D;

namespace Mcdm.Families.StableDiffusion.Networks;

/// <summary>Shape of a <see cref="UNet2DConditionModel"/>.</summary>
internal sealed record UNet2DConditionOptions : TransformerOptions
{
    private const string Attending = "CrossAttnUpBlock2D";

    public UNet2DConditionOptions() => UpBlockTypes = ["UpBlock2D", Attending, Attending, Attending];

    public override string ClassName => nameof(UNet2DConditionModel);

    /// <inheritdoc cref="UNetShape.GuidanceChannels"/>
    public int? TimeCondProjDim { get; init; }

    /// <inheritdoc/>
    public override int? GuidanceChannels => TimeCondProjDim;

    /// <summary>Side of the latents that it was trained with; null where nothing says it.</summary>
    public int? SampleSize { get; init; }
}
