using Mcdm.Diffusion.Process;
using Mcdm.Experts;
using Mcdm.Families.StableDiffusion.Prompts;
using Mcdm.Modalities;
using Mcdm.Runtime;
using static TorchSharp.torch;

namespace Mcdm.Families.StableDiffusion.Experts;

/// <summary>
/// A U-Net with a prompt and what a picture adds: the expert of prompts; ε_u, which is the same network on the empty prompt (or on a negative one); or the
/// expert of a picture alone (a ControlNet's, an adapter's), with the empty prompt as the composition rule wants it, or with the sentence that the condition
/// has of its own. The combiner Residual gives one prompt several pictures' additions.
/// </summary>
internal sealed class StableDiffusionExpert : Expert
{
    private readonly StableDiffusionDenoiser _denoiser;
    private readonly PromptEncoder _prompts;
    private readonly SharedLifetime _lifetime;
    private readonly UNetAddition? _addition;

    /// <param name="name">What it is called.</param>
    /// <param name="modality">What its conditions are; null for ε_u.</param>
    /// <param name="space">The latents.</param>
    /// <param name="prediction">What the U-Net predicts.</param>
    /// <param name="denoiser">The U-Net, which others may share.</param>
    /// <param name="prompts">Its text encoders.</param>
    /// <param name="lifetime">The weights, which those that are equal but for a LoRA share; it is a user of them.</param>
    /// <param name="addition">What a picture adds; null for an expert of prompts alone.</param>
    public StableDiffusionExpert(string name, Modality? modality, LatentSpace space, PredictionKind prediction, StableDiffusionDenoiser denoiser,
        PromptEncoder prompts, SharedLifetime lifetime, UNetAddition? addition = null) : base(name, space, prediction)
    {
        (Modality, _denoiser, _prompts, _lifetime, _addition) = (modality, denoiser, prompts, lifetime, addition);
        lifetime.Enter();
    }

    /// <inheritdoc/>
    public override Modality? Modality { get; }

    internal override IEnumerable<(object Network, long Parameters)> Networks =>
        [(_lifetime, _denoiser.Network.Parameters + _prompts.Parameters), .. _addition?.Networks ?? []];

    internal override long ParametersPerStep => _denoiser.Network.Parameters + (_addition?.ParametersPerStep ?? 0);

    /// <inheritdoc/>
    public override Device Device => _denoiser.Network.Device;

    /// <inheritdoc/>
    public override ScalarType Precision => _denoiser.Network.Type;

    /// <inheritdoc/>
    public override IDenoiser Denoiser => _denoiser;

    /// <inheritdoc/>
    public override IReadOnlyList<string> TextNames => _addition is null ? _prompts.Names : [];

    internal override bool? IsAddition => _addition is not null;

    internal override bool FillsHoles => _denoiser.Further is FilledHole;

    internal override bool ReadsFrames => _denoiser.Network.Options.TextTime is not null;

    internal override bool TellsEmptyFromNone => _prompts.NoneIsZero;

    internal override string? SizeHint(LatentSpace space) => ReadsFrames ? TrainedSizes.Hint(space, Space) : null;

    private protected override bool KnowsLevelsBetween => true;

    internal override bool TakesSeveral => _addition?.TakesSeveral == true;

    internal override bool AddsToPromptsAlone => _addition?.IsPooled == true;

    internal override string? Unread(Condition condition) =>
        condition.Guidance is not null && !ReadsGuidance ? nameof(condition.Guidance)
        : condition.PictureWeight is not null && _denoiser.Further is not EditedPicture ? nameof(condition.PictureWeight) : null;

    /// <summary>The guidance of a sentence.</summary>
    private double GuidanceOf(Condition condition) => Modality is null ? 1 : condition.Guidance ?? UsualGuidance;

    /// <summary>What the published program takes (latent consistency models).</summary>
    private const double UsualGuidance = 8.5;

    internal override bool HasGuessMode => _addition?.HasGuessMode == true;

    internal override bool TakesMask => _addition?.TakesMask == true;

    /// <summary>The empty prompt; null where a picture is needed.</summary>
    public override ExpertInputs? Unconditioned() => _addition is null ? Of(_prompts.Empty()) : null;

    private protected override EncodedInputs Encode(Condition condition, LatentSpace space, Action<string>? note)
    {
        if (_addition is null)
        {
            if (Modality == Modality.Picture) { return Edit(condition, (EditedPicture)_denoiser.Further!, space, note); }
            var use = condition.IsLiteral ? PromptUse.Literal : Modality is null ? PromptUse.Negative : PromptUse.Wanted;
            var (terms, doubt) = _prompts.Encode(condition.Text!, use, note);
            var encoded = terms.Select(term => new EncodedInputs(Of(term.Prompt, GuidanceOf(condition)), condition) { Factor = term.Weight }).ToList();
            return encoded[0] with { Doubt = doubt, Further = encoded[1..] };
        }
        if (condition.IsGuess && !_addition.HasGuessMode)
        {
            throw new McdmException("GuessControlNet", ErrorKind.InvalidArgument,
                $"Guess mode is for ControlNets, and '{Name}', which reads {condition}, is none.");
        }
        var (picture, misfit) = _addition.Understood(condition, space, note);
        var (prompt, weight, said) = (_prompts.Empty(), 1.0, (string?)null);
        if (condition.Text is { } sentence)
        {
            prompt.Dispose();
            (var terms, said) = _prompts.Encode(sentence, condition.IsLiteral ? PromptUse.Literal : PromptUse.Beside, note);
            (prompt, weight) = terms[0];
        }
        return new(With(_addition.Read(picture)), condition.With(picture), EncodedInputs.Doubts([misfit, said]))
        {
            Factor = weight,
            WithoutPicture = () => _addition.ReadNothing() is { } nothing ? With(nothing) : null,
        };

        StableDiffusionInputs With(IReadOnlyList<Tensor> read) => Of(prompt, condition.Text is null ? 1 : GuidanceOf(condition)) with
        {
            Additions =
            [
                new AddedPicture(_addition, [.. read.Select(one => one.to(Device))], tensor(new[] { (float)condition.Scale }, device: Device))
                {
                    IsGuess = condition.IsGuess,
                },
            ],
        };
    }

    private protected override void RequireSize(LatentSpace space)
    {
        if (_addition?.PictureFactor is not { } factor || (space.PictureWidth % factor == 0 && space.PictureHeight % factor == 0)) { return; }
        throw new McdmException("SizeIndivisible", ErrorKind.InvalidArgument,
            $"'{Name}' reads pictures whose sides {factor} divides, and {space.PictureWidth}×{space.PictureHeight} is none; give -Width and -Height so.");
    }

    /// <summary>
    /// A picture and the sentence that says how to change it: (12) with the weight s_T for both and, where the picture has a weight s_I of its own,
    /// s_I − s_T for the picture alone (Brooks et al. 2023, equation 3).
    /// </summary>
    private EncodedInputs Edit(Condition condition, EditedPicture edited, LatentSpace space, Action<string>? note)
    {
        if (condition is { Scale: not 1 } or { IsGuess: true })
        {
            throw new McdmException("ConditionUnread", ErrorKind.InvalidArgument,
                $"{condition} is a picture to change, and not a ControlNet's: -ControlScale and -Guess say nothing of it; its weights are -Weight, that of the "
                    + "sentence, and -PictureWeight.");
        }
        if (condition is { PictureWeight: not null, Weight: 0 })
        {
            throw new McdmException("WeightOutOfRange", ErrorKind.InvalidArgument,
                $"{condition} has the weight 0 for its sentence; leave the sentence out, and give the picture's weight as -Weight.");
        }
        var (picture, shape) = ControlPictures.AtSize(condition, Name, keepsHoles: false, space, note);
        var shown = edited.Show(PictureTensor.ToTensor(picture).unsqueeze(0).to(Device));
        var normal = condition.With(picture);
        var alone = Of(_prompts.Empty()) with { Shown = shown, ShowsAlone = true };
        if (condition.Text is not { } sentence) { return new(alone, normal, shape) { Factor = condition.PictureWeight / condition.Weight ?? 1 }; }
        var (terms, said) = _prompts.Encode(sentence, condition.IsLiteral ? PromptUse.Literal : PromptUse.Beside, note);
        var inputs = Of(terms[0].Prompt, GuidanceOf(condition)) with { Shown = shown.alias() };
        var both = new EncodedInputs(inputs, normal, EncodedInputs.Doubts([shape, said])) { Factor = terms[0].Weight };
        double rest = condition.PictureWeight is { } weight ? weight / condition.Weight - both.Factor : 0;
        if (rest != 0) { return both with { Further = [new(alone, normal) { Factor = rest }] }; }
        alone.Dispose();
        return both;
    }

    internal override long Offload() => _prompts.Offload() + (_addition?.Offload() ?? 0);

    internal override long BytesPerPicture(LatentSpace space) => LiveBytes((long)space.Height * space.Width, _denoiser.Network.Options.BlockOutChannels[0]);

    private protected override void Release() => _lifetime.Leave();

    /// <summary>A prompt's inputs. One that says nothing is not guided, as ε_u.</summary>
    private StableDiffusionInputs Of(Prompt prompt, double guidance = 1) => new(prompt, _lifetime)
    {
        Further = _denoiser.Further,
        Guidance = ReadsGuidance ? tensor(new[] { (float)guidance }, device: Device) : null,
        Sizes = prompt.Pooled is null ? null : new PictureFrame().Sizes(Space).to(Device),
    };

    private bool ReadsGuidance => _denoiser.Network.Options.GuidanceChannels is not null;
}
