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

    /// <summary>What the U-Net reads beside the latents; null for nothing.</summary>
    public FurtherChannels? Further { get; init; }

    /// <summary>What it is shown there, [batch or 1, channels, height, width]; null for <see cref="FurtherChannels.None"/>.</summary>
    public Tensor? Shown { get; init; }

    /// <summary>
    /// Of a U-Net that is told sizes: those of the original picture, where its crop began, and those that are wanted, as <see cref="TextTime.Sizes"/>; null
    /// for others.
    /// </summary>
    public Tensor? Sizes { get; init; }

    /// <summary>What the U-Net is told with the time; null for one that is told no more.</summary>
    public TextTime? Told => Prompt.Pooled is { } pooled ? new(pooled, Sizes!) : null;

    /// <summary>The guidance that a U-Net acts under which reads one, [batch or 1]; null for one that reads none.</summary>
    public Tensor? Guidance { get; init; }

    /// <summary>Whether the picture that is shown is read with the empty prompt, which a negative prompt takes the place of.</summary>
    public bool ShowsAlone { get; init; }

    /// <summary>
    /// What adds to the U-Net, in order, whether it is shown something, and the length of the prompt, which is not padded: empty chunks would move what is
    /// predicted.
    /// </summary>
    public override string Form => string.Join('+', [.. Additions.Select(addition => addition.Kind), Shown is null ? "" : "shown",
        FormattableString.Invariant($"{SequenceLength}")]);

    /// <inheritdoc/>
    internal override string? NotShown => Further is EditedPicture && Shown is null
        ? "The model changes a picture, and is shown none: give it one with New-McdmCondition -Modality Picture, and the sentence with it" : null;

    /// <summary>Tokens of the prompt.</summary>
    public override long SequenceLength => Prompt.Context.shape[1];

    /// <inheritdoc/>
    public override ExpertInputs? Adding(ExpertInputs picture, WeightSchedule? schedule, Tensor? mask)
    {
        if (picture is not StableDiffusionInputs other || other.Weights != Weights) { return null; }
        var all = Additions.ToList();
        foreach (var added in other.Additions.Select(one => one.Mapped(of => of(one)?.alias()) with { Schedule = schedule, Mask = mask }))
        {
            int same = all.FindIndex(one => one.By == added.By && one.Mask is null == added.Mask is null);
            if (same >= 0 && added.By.Joined(all[same], added) is { } both) { all[same] = both; }
            else { all.Add(added); }
        }
        return this with { Additions = all };
    }

    /// <inheritdoc/>
    internal override ExpertInputs Fused() => this with { Additions = Additions.Select(added => added with { IsFused = added.By.TakesSeveral }).ToList() };

    /// <inheritdoc/>
    internal override ExpertInputs Filling(Hole hole) => Further is FilledHole ? this with { Shown = hole.Channels() } : this;

    /// <inheritdoc/>
    internal override bool SaysNothing => ShowsAlone;

    /// <inheritdoc/>
    internal override ExpertInputs Against(ExpertInputs? unconditional)
    {
        if (!SaysNothing || unconditional is not StableDiffusionInputs negative) { return this; }
        Prompt.Dispose();
        return this with { Prompt = (Prompt)negative.Prompt.Select(tensor => tensor.alias()), ShowsAlone = false };
    }

    /// <inheritdoc/>
    internal override ExpertInputs Framed(PictureFrame frame, LatentSpace space) =>
        Sizes is { } former ? this with { Sizes = frame.Sizes(space).to(former.device) } : this;

    /// <inheritdoc/>
    protected override StableDiffusionInputs Mapped(EachTensor<StableDiffusionInputs> map) => this with
    {
        Prompt = new(map(inputs => inputs.Prompt.Context)!, map(inputs => inputs.Prompt.Pooled)),
        Shown = map(inputs => inputs.Shown),
        Guidance = map(inputs => inputs.Guidance),
        Sizes = map(inputs => inputs.Sizes),
        Additions = Additions.Select((added, i) => added.Mapped(of => map(inputs => of(inputs.Additions[i])))).ToList(),
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
        var some = own.Select(inputs => inputs.Shown).FirstOrDefault(shown => shown is not null);
        var shown = some is null ? null : cat(own.Zip(rows, (inputs, count) =>
            (inputs.Shown ?? Further!.None(some.shape[2], some.shape[3])).expand(count, -1, -1, -1)).ToArray(), 0);
        var guidance = Guidance is null ? null : cat(own.Zip(rows, (inputs, count) => inputs.Guidance!.expand(count)).ToArray(), 0);
        var sizes = Sizes is null ? null : cat(own.Zip(rows, (inputs, count) => inputs.Sizes!.expand(count, -1)).ToArray(), 0);
        return this with
        {
            Prompt = (Prompt)Stack(own.ConvertAll(inputs => inputs.Prompt), rows)!,
            Additions = additions,
            Shown = shown,
            Guidance = guidance,
            Sizes = sizes,
        };
    }
}
