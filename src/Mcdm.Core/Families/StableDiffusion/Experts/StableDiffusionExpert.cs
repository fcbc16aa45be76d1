using Mcdm.Diffusion.Process;
using Mcdm.Experts;
using Mcdm.Families.StableDiffusion.Prompts;
using Mcdm.Imaging.Drawing;
using Mcdm.Modalities;
using static TorchSharp.torch;

namespace Mcdm.Families.StableDiffusion.Experts;

/// <summary>
/// A U-Net with a prompt and what a picture adds: the expert of prompts; ε_u, which is the same network on the empty prompt (or on a negative one); or the
/// expert of a ControlNet's picture alone, with the empty prompt as the composition rule wants it, or with the sentence that the condition has of its own.
/// The combiner Residual gives one prompt several pictures' additions.
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
        [(_lifetime, _denoiser.Network.Parameters + _prompts.Parameters), .. _addition is null ? [] : new[] { _addition.Network }];

    /// <inheritdoc/>
    public override Device Device => _denoiser.Network.Device;

    /// <inheritdoc/>
    public override ScalarType Precision => _denoiser.Network.Type;

    /// <inheritdoc/>
    public override IDenoiser Denoiser => _denoiser;

    /// <inheritdoc/>
    public override IReadOnlyList<string> TextNames => _addition is null ? _prompts.Names : [];

    internal override bool? IsAddition => _addition is not null;

    internal override bool FillsHoles => _denoiser.FillsHoles;

    internal override bool ReadsFrames => _denoiser.Network.Options.TextTime is not null;

    internal override bool TellsEmptyFromNone => _prompts.NoneIsZero;

    internal override string? SizeHint(LatentSpace space) => ReadsFrames ? TrainedSizes.Hint(space, Space) : null;

    private protected override bool KnowsLevelsBetween => true;

    internal override bool TakesSeveral => _addition?.TakesSeveral == true;

    internal override bool AddsToPromptsAlone => _addition?.IsPooled == true;

    /// <summary>The empty prompt; null where a picture is needed.</summary>
    public override ExpertInputs? Unconditioned() => _addition is null ? Of(_prompts.Empty()) : null;

    private protected override EncodedInputs Encode(Condition condition, LatentSpace space, Action<string>? note)
    {
        if (_addition is null)
        {
            var use = condition.IsLiteral ? PromptUse.Literal : Modality is null ? PromptUse.Negative : PromptUse.Wanted;
            var (terms, doubt) = _prompts.Encode(condition.Text!, use, note);
            var encoded = terms.Select(term => new EncodedInputs(Of(term.Prompt), condition) { Factor = term.Weight }).ToList();
            return encoded[0] with { Doubt = doubt, Further = encoded[1..] };
        }
        var given = _addition.ReadsHoles ? condition.Picture! : PictureResize.Flatten(condition.Picture!);
        if (_addition.ReadsHoles && given.IsOpaque) { note?.Invoke(_addition.NoHole); }
        var picture = PictureResize.Fitted(given, space.PictureWidth, space.PictureHeight, condition.Fit ?? PictureFit.Crop, note);
        var (prompt, weight, said) = (_prompts.Empty(), 1.0, (string?)null);
        if (condition.Text is { } sentence)
        {
            prompt.Dispose();
            (var terms, said) = _prompts.Encode(sentence, condition.IsLiteral ? PromptUse.Literal : PromptUse.Beside, note);
            (prompt, weight) = terms[0];
        }
        var added = new AddedPicture(_addition, _addition.Read(picture).to(Device), tensor(new[] { (float)condition.Scale }, device: Device));
        if (ControlPictures.LooksInverted(Name, picture))
        {
            note?.Invoke($"{condition} is mostly white; ControlNets of lines read light lines on black (ConvertTo-McdmSketch -WhiteOnBlack).");
        }
        return new(Of(prompt) with { Additions = [added with { IsGuess = condition.IsGuess }] }, condition.With(picture),
            EncodedInputs.Doubts([ControlPictures.OtherShape(condition, given, picture), said])) { Factor = weight };
    }

    internal override long BytesPerPicture(LatentSpace space) => LiveBytes((long)space.Height * space.Width, _denoiser.Network.Options.BlockOutChannels[0]);

    private protected override void Release() => _lifetime.Leave();

    private StableDiffusionInputs Of(Prompt prompt) => new(prompt, _lifetime)
    {
        FillsHoles = _denoiser.FillsHoles,
        Sizes = prompt.Pooled is null ? null : new PictureFrame().Sizes(Space).to(Device),
    };
}
