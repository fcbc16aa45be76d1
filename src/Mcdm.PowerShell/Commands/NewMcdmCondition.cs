using System.Collections;
using System.Management.Automation;
using Mcdm.Imaging;
using Mcdm.Imaging.Drawing;
using Mcdm.Imaging.Files;
using Mcdm.Modalities;
using Mcdm.PowerShell.Binding;
using Mcdm.PowerShell.Completion;
using Mcdm.PowerShell.Hosting;
using Mcdm.PowerShell.Serialization;
using Mcdm.Sampling;

namespace Mcdm.PowerShell.Commands;

/// <summary>Makes conditions: a sentence, a sketch, a partial mask, a low-resolution picture.</summary>
[Cmdlet(VerbsCommon.New, "McdmCondition", DefaultParameterSetName = TextSet)]
[OutputType(typeof(Condition))]
public sealed class NewMcdmCondition : McdmCmdlet
{
    private const string TextSet = "Text", LiteralTextSet = "LiteralText", SketchSet = "Sketch", SegmentSet = "Segment", LowResolutionSet = "LowResolution",
        PathSet = "Path",
        LiteralPathSet = "LiteralPath", ImageSet = "Image";

    private WeightSchedule? _schedule;
    private Picture? _region;

    /// <summary>A sentence the picture should follow; with a control picture the sentence that its expert reads together with it.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = TextSet, ValueFromPipeline = true)]
    [Parameter(ParameterSetName = PathSet)]
    [Parameter(ParameterSetName = LiteralPathSet)]
    [Parameter(ParameterSetName = ImageSet)]
    [ArgumentCompleter(typeof(TextWords))]
    [AllowEmptyString]
    public string[] Text { get; set; } = [];

    /// <summary>A sentence of which everything is a letter, also for experts that read brackets in prompts as weights.</summary>
    [Parameter(Mandatory = true, ParameterSetName = LiteralTextSet)]
    [Parameter(ParameterSetName = PathSet)]
    [Parameter(ParameterSetName = LiteralPathSet)]
    [Parameter(ParameterSetName = ImageSet)]
    [AllowEmptyString]
    public string[] LiteralText { get; set; } = [];

    /// <summary>Picture file of a line drawing, with wildcards.</summary>
    [Parameter(Mandatory = true, ParameterSetName = SketchSet)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Sketch { get; set; } = [];

    /// <summary>Picture file of a mask in the model's part colours, with wildcards.</summary>
    [Parameter(Mandatory = true, ParameterSetName = SegmentSet)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Segment { get; set; } = [];

    /// <summary>Picture file of which only the rough colours count, with wildcards.</summary>
    [Parameter(Mandatory = true, ParameterSetName = LowResolutionSet)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] LowResolution { get; set; } = [];

    /// <summary>The modality of the pictures that are given by path or as images; Picture, a control picture, where -Expert alone is given.</summary>
    [Parameter(ParameterSetName = PathSet)]
    [Parameter(ParameterSetName = LiteralPathSet)]
    [Parameter(ParameterSetName = ImageSet)]
    [Parameter(ParameterSetName = TextSet)]
    [Parameter(ParameterSetName = LiteralTextSet)]
    [ArgumentCompleter(typeof(ModalityNames))]
    [ValidateNotNull]
    public Modality? Modality { get; set; }

    /// <summary>Name of the expert that is to read the condition, where a model has several of its modality.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(ExpertNames))]
    [ValidateNotNullOrEmpty]
    public string? Expert { get; set; }

    /// <summary>Picture file, with wildcards.</summary>
    [Parameter(Mandatory = true, ParameterSetName = PathSet)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [];

    /// <summary>Picture file, taken as it is.</summary>
    [Parameter(Mandatory = true, ParameterSetName = LiteralPathSet, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "LP", "FullName")]
    [ValidateNotNullOrEmpty]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>A picture that a cmdlet made, such as a sketch of ConvertTo-McdmSketch.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ImageSet, ValueFromPipeline = true)]
    [Deserialized]
    [ValidateNotNullOrEmpty]
    public McdmImage[] Image { get; set; } = [];

    /// <summary>The parts of the mask that are stated; the others are unknown.</summary>
    [Parameter(ParameterSetName = SegmentSet)]
    [Parameter(ParameterSetName = PathSet)]
    [Parameter(ParameterSetName = LiteralPathSet)]
    [Parameter(ParameterSetName = ImageSet)]
    [ArgumentCompleter(typeof(PartNames))]
    [ValidateNotNullOrEmpty]
    public string[]? Part { get; set; }

    /// <summary>How strongly a control picture acts inside its expert's network: by what a ControlNet's residuals are multiplied. Not a weight.</summary>
    [Parameter(ParameterSetName = PathSet)]
    [Parameter(ParameterSetName = LiteralPathSet)]
    [Parameter(ParameterSetName = ImageSet)]
    [Number(typeof(double))]
    [ArgumentCompleter(typeof(Numbers))]
    public double ControlScale { get; set; } = 1;

    /// <summary>The weight of a picture that its sentence says how to change, beside that of the sentence (-Weight).</summary>
    [Parameter(ParameterSetName = PathSet)]
    [Parameter(ParameterSetName = LiteralPathSet)]
    [Parameter(ParameterSetName = ImageSet)]
    [Number(typeof(double))]
    [ArgumentCompleter(typeof(Numbers))]
    public double? PictureWeight { get; set; }

    /// <summary>Use a control picture as in guess mode: what it adds falls by depth, and with -Combiner Residual it is in prompts alone.</summary>
    [Parameter(ParameterSetName = PathSet)]
    [Parameter(ParameterSetName = LiteralPathSet)]
    [Parameter(ParameterSetName = ImageSet)]
    public SwitchParameter Guess { get; set; }

    /// <summary>What becomes of a control picture whose shape is not the output's.</summary>
    [Parameter(ParameterSetName = PathSet)]
    [Parameter(ParameterSetName = LiteralPathSet)]
    [Parameter(ParameterSetName = ImageSet)]
    public PictureFit? Fit { get; set; }

    /// <summary>The guidance that a network acts under which reads one, as latent consistency models do; 8.5 by default. Not a weight.</summary>
    [Parameter]
    [Number(typeof(double))]
    [ArgumentCompleter(typeof(Numbers))]
    public double? Guidance { get; set; }

    /// <summary>How much the condition counts; 1 is the plain composition rule.</summary>
    [Parameter]
    [Number(typeof(double))]
    [ArgumentCompleter(typeof(Numbers))]
    public double Weight { get; set; } = 1;

    /// <summary>By what the weight is multiplied at some noise levels, such as @{ 1 = 0.5; 1000 = 1 }; linear between them.</summary>
    [Parameter]
    [ValidateNotNull]
    public IDictionary? Schedule { get; set; }

    /// <summary>Picture file that says where the condition acts: white where it does, black where it does not.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Region { get; set; }

    /// <inheritdoc/>
    protected override void OnBegin()
    {
        _schedule = Schedule is null ? null : WeightSchedule.Of(Wrapper.WithoutInside(Schedule));
        if (Region is not null)
        {
            string path = ResolveInput(Region) is [string only] ? only
                : throw new McdmException("PathAmbiguous", ErrorKind.InvalidArgument, $"'{Region}' matches several files; a condition has one region.");
            _region = PictureFile.Read(path, WriteVerbose);
        }
    }

    /// <inheritdoc/>
    protected override void OnProcess()
    {
        switch (ParameterSetName)
        {
            case TextSet:
                foreach (string text in Text) { Attempt(text, () => Write(Condition.Of(Modality ?? Modalities.Modality.Text, text))); }
                break;
            case LiteralTextSet:
                foreach (string text in LiteralText) { Attempt(text, () => Write(Condition.Of(Modality ?? Modalities.Modality.Text, text).Literally())); }
                break;
            case SketchSet:
                FromFiles(Sketch, Modalities.Modality.Sketch);
                break;
            case SegmentSet:
                FromFiles(Segment, Modalities.Modality.Segment);
                break;
            case LowResolutionSet:
                FromFiles(LowResolution, Modalities.Modality.LowResolution);
                break;
            case PathSet:
                FromFiles(Path, PictureModality());
                break;
            case LiteralPathSet:
                FromFiles(LiteralPath, PictureModality(), literal: true);
                break;
            default:
                foreach (var image in Image) { Attempt(image, () => Write(Make(PictureModality(), image.Picture, image.Name))); }
                break;
        }
    }

    private void Write(Condition condition)
    {
        if (condition.Doubt is { } doubt) { WriteWarning(doubt); }
        double? weight = MyInvocation.BoundParameters.ContainsKey(nameof(Weight)) ? Weight : null;
        WriteObject(condition.For(Expert).Guided(Guidance).Weighted(weight, _schedule, _region));
    }

    private void FromFiles(string[] paths, Modality modality, bool literal = false) =>
        ForEachInput(paths, literal, path => Write(Make(modality, PictureFile.Read(path, WriteVerbose), path)));

    private Modality PictureModality() => Modality ?? (Expert is not null ? Modalities.Modality.Picture
        : throw new McdmException("ModalityMissing", ErrorKind.InvalidArgument,
            "Say what the picture is: -Modality Sketch, Segment or LowResolution, or -Expert with the name of the expert that reads it."));

    private Condition Make(Modality modality, Picture picture, string? source) =>
        modality == Modalities.Modality.Segment ? Condition.FromSegment(picture, Part, source: source)
        : Part is not null ? throw new McdmException("PartNeedsMask", ErrorKind.InvalidArgument,
            $"-Part names parts of a mask, but '{source}' is given as a {modality}.")
        : modality.Kind == ConditionKind.Text
            ? throw new McdmException("PictureIsNoText", ErrorKind.InvalidArgument, $"'{source}' is a picture; a {modality} condition is made with -Text.")
        : Control(Condition.Of(modality, picture, source: source));

    /// <summary>A picture with what only control pictures have.</summary>
    private Condition Control(Condition condition)
    {
        if (condition.Modality != Modalities.Modality.Picture && (Guess || Fit is not null || PictureWeight is not null))
        {
            string given = Guess ? nameof(Guess) : Fit is null ? nameof(PictureWeight) : nameof(Fit);
            throw new McdmException("ControlPictureOnly", ErrorKind.InvalidArgument,
                $"-{given} is for control pictures (-Modality Picture), and {condition} is none.");
        }
        condition = condition.Scaled(ControlScale).Fitted(Fit).PictureWeighted(PictureWeight);
        if (Guess) { condition = condition.Guessing(); }
        return (Text, LiteralText) switch
        {
            ([], []) => condition,
            ([var sentence], []) => condition.Saying(sentence),
            ([], [var letters]) => condition.Saying(letters).Literally(),
            _ => throw new McdmException("TextAmbiguous", ErrorKind.InvalidArgument,
                $"{Text.Length + LiteralText.Length} sentences were given for {condition}; a control picture takes one."),
        };
    }
}
