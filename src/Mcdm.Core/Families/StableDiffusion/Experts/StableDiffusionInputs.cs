using Mcdm.Experts;
using Mcdm.Layers.UNet2D;
using Mcdm.Modalities;
using static TorchSharp.torch;

namespace Mcdm.Families.StableDiffusion.Experts;

/// <summary>What a U-Net that reads prompts is given: the prompt, and what pictures add.</summary>
/// <param name="Prompt">The prompt.</param>
/// <param name="Weights">The weights of the U-Net that they were made for, which those that are equal but for a LoRA share.</param>
internal sealed record StableDiffusionInputs(Prompt Prompt, object Weights) : ExpertInputs<StableDiffusionInputs>
{
    /// <summary>The pictures, whose additions add up.</summary>
    public IReadOnlyList<AddedPicture> Additions { get; init; } = [];

    /// <summary>Whether the U-Net fills holes.</summary>
    public bool FillsHoles { get; init; }

    /// <summary>
    /// Of a U-Net that is told sizes: those of the original picture, where its crop began, and those that are wanted, as <see cref="TextTime.Sizes"/>; null
    /// for others.
    /// </summary>
    public Tensor? Sizes { get; init; }

    /// <summary>What the U-Net is told with the time; null for one that is told no more.</summary>
    public TextTime? Told => Prompt.Pooled is { } pooled ? new(pooled, Sizes!) : null;

    /// <summary>What a U-Net that fills holes reads beside the latents, [batch or 1, channels, height, width]; null where all is drawn anew.</summary>
    public Tensor? Hole { get; init; }

    /// <summary>What adds to the U-Net, in order, and the length of the prompt, which is not padded: empty chunks would move what is predicted.</summary>
    public override string Form => string.Join('+', Additions.Select(addition => addition.Kind).Append(FormattableString.Invariant($"{SequenceLength}")));

    /// <summary>Tokens of the prompt.</summary>
    public override long SequenceLength => Prompt.Context.shape[1];

    /// <inheritdoc/>
    public override ExpertInputs? Adding(ExpertInputs picture, WeightSchedule? schedule)
    {
        if (picture is not StableDiffusionInputs other || other.Weights != Weights) { return null; }
        var added = other.Additions.Select(one => one with { Picture = one.Picture.alias(), Scale = one.Scale.alias(), Schedule = schedule });
        return this with { Additions = [.. Additions, .. added] };
    }

    /// <inheritdoc/>
    internal override ExpertInputs Fused() => this with { Additions = Additions.Select(added => added with { IsFused = added.By.TakesSeveral }).ToList() };

    /// <inheritdoc/>
    internal override ExpertInputs Filling(Hole hole) => FillsHoles ? this with { Hole = hole.Channels() } : this;

    /// <inheritdoc/>
    internal override ExpertInputs Framed(PictureFrame frame, LatentSpace space) =>
        Sizes is { } former ? this with { Sizes = frame.Sizes(space).to(former.device) } : this;

    /// <inheritdoc/>
    protected override StableDiffusionInputs Mapped(EachTensor<StableDiffusionInputs> map) => this with
    {
        Prompt = new(map(inputs => inputs.Prompt.Context)!, map(inputs => inputs.Prompt.Pooled)),
        Hole = map(inputs => inputs.Hole),
        Sizes = map(inputs => inputs.Sizes),
        Additions = Additions.Select((added, i) => added with
        {
            Picture = map(inputs => inputs.Additions[i].Picture)!,
            Scale = map(inputs => inputs.Additions[i].Scale)!,
        }).ToList(),
    };

    /// <summary>Pictures act on the rows of their own inputs alone.</summary>
    private protected override ExpertInputs Stacked(IReadOnlyList<ExpertInputs> parts, IReadOnlyList<long> rows)
    {
        var own = parts.Cast<StableDiffusionInputs>().ToList();
        var (additions, first) = (new List<AddedPicture>(), 0L);
        foreach (var (inputs, count) in own.Zip(rows))
        {
            additions.AddRange(inputs.Additions.Select(added => added with { Rows = (first, count) }));
            first += count;
        }
        var hole = Hole is null ? null : cat(own.Zip(rows, (inputs, count) => inputs.Hole!.expand(count, -1, -1, -1)).ToArray(), 0);
        var sizes = Sizes is null ? null : cat(own.Zip(rows, (inputs, count) => inputs.Sizes!.expand(count, -1)).ToArray(), 0);
        return this with { Prompt = (Prompt)Stack(own.ConvertAll(inputs => inputs.Prompt), rows)!, Additions = additions, Hole = hole, Sizes = sizes };
    }
}
