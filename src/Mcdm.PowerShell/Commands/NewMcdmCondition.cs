using System.Management.Automation;
using Mcdm.Generation;
using Mcdm.Imaging;
using Mcdm.Modalities;

namespace Mcdm.PowerShell.Commands;

/// <summary>Makes conditions: a sentence, a sketch, a partial mask, a low-resolution picture.</summary>
[Cmdlet(VerbsCommon.New, "McdmCondition", DefaultParameterSetName = TextSet)]
[OutputType(typeof(Condition))]
public sealed class NewMcdmCondition : McdmCmdlet
{
    private const string TextSet = "Text", SketchSet = "Sketch", SegmentSet = "Segment", LowResolutionSet = "LowResolution", PathSet = "Path", LiteralPathSet = "LiteralPath", ImageSet = "Image";

    /// <summary>A sentence the picture should obey.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = TextSet)]
    [ArgumentCompleter(typeof(TextWords))]
    [AllowEmptyString]
    public string[] Text { get; set; } = [];

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

    /// <summary>The modality of the pictures that are given by path or as images.</summary>
    [Parameter(Mandatory = true, ParameterSetName = PathSet)]
    [Parameter(Mandatory = true, ParameterSetName = LiteralPathSet)]
    [Parameter(Mandatory = true, ParameterSetName = ImageSet)]
    public Modality Modality { get; set; }

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

    /// <summary>How much the condition counts; 1 is the plain composition rule.</summary>
    [Parameter]
    public double Weight { get; set; } = 1;

    /// <inheritdoc/>
    protected override void OnProcess()
    {
        switch (ParameterSetName)
        {
            case TextSet:
                foreach (string text in Text) { Attempt(text, () => WriteObject(Condition.FromText(text, Weight))); }
                break;
            case SketchSet:
                FromFiles(Sketch, Modality.Sketch);
                break;
            case SegmentSet:
                FromFiles(Segment, Modality.Segment);
                break;
            case LowResolutionSet:
                FromFiles(LowResolution, Modality.LowResolution);
                break;
            case PathSet:
                FromFiles(Path, Modality);
                break;
            case LiteralPathSet:
                FromFiles(LiteralPath, Modality, literal: true);
                break;
            default:
                foreach (var image in Image) { Attempt(image, () => WriteObject(Make(Modality, image.Picture, image.Name))); }
                break;
        }
    }

    private void FromFiles(string[] paths, Modality modality, bool literal = false) =>
        ForEachInput(paths, literal, path => WriteObject(Make(modality, PictureFile.Read(path, WriteVerbose), path)));

    private Condition Make(Modality modality, Picture picture, string? source) => modality switch
    {
        Modality.Sketch when Part is null => Condition.FromSketch(picture, Weight, source),
        Modality.LowResolution when Part is null => Condition.FromLowResolution(picture, Weight, source),
        Modality.Segment => Condition.FromSegment(picture, Part, Weight, source),
        Modality.Text => throw new McdmException("PictureIsNoText", ErrorKind.InvalidArgument, $"'{source}' is a picture; a Text condition is made with -Text."),
        _ => throw new McdmException("PartNeedsMask", ErrorKind.InvalidArgument, $"-Part names parts of a mask, but '{source}' is given as a {modality}."),
    };
}
