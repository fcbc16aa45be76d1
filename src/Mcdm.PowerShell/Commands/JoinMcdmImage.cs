using System.Management.Automation;
using Mcdm.Generation;
using Mcdm.Imaging;

namespace Mcdm.PowerShell.Commands;

/// <summary>Lays pictures out on one contact sheet.</summary>
[Cmdlet(VerbsCommon.Join, "McdmImage")]
[OutputType(typeof(McdmImage))]
public sealed class JoinMcdmImage : McdmCmdlet
{
    private const string ImageSet = "Image", PathSet = "Path", LiteralPathSet = "LiteralPath";
    private readonly List<McdmImage> _images = [];

    /// <summary>The pictures, in order: images, or picture files among them.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ImageSet, ValueFromPipeline = true)]
    [ImageTransformation]
    [ValidateNotNullOrEmpty]
    public McdmImage[] Image { get; set; } = [];

    /// <summary>Picture files, with wildcards.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = PathSet)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [];

    /// <summary>Picture files, taken as they are.</summary>
    [Parameter(Mandatory = true, ParameterSetName = LiteralPathSet, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "LP")]
    [ValidateNotNullOrEmpty]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>Texts under the pictures, in order; or one of the words Name, Seed, Conditions, to write that of each picture.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(LabelKinds))]
    [ValidateNotNullOrEmpty]
    public string[]? Label { get; set; }

    /// <summary>Pictures in a row; near a square by default.</summary>
    [Parameter]
    [ValidateRange(1, 1000)]
    public int? Columns { get; set; }

    /// <summary>Whole factor by which pictures are enlarged, without blurring; small pictures are enlarged by default.</summary>
    [Parameter]
    [ValidateRange(1, 64)]
    public int? Scale { get; set; }

    /// <summary>Texts above the columns.</summary>
    [Parameter]
    public string[]? ColumnHeader { get; set; }

    /// <summary>Texts before the rows.</summary>
    [Parameter]
    public string[]? RowHeader { get; set; }

    /// <summary>Name of the sheet, for the file it is saved to.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = "sheet";

    /// <inheritdoc/>
    protected override void OnProcess()
    {
        _images.AddRange(Image);
        bool literal = ParameterSetName == LiteralPathSet;
        ForEachInput(literal ? LiteralPath : Path, literal, path => _images.Add(McdmImage.FromFile(path, WriteVerbose)));
    }

    /// <inheritdoc/>
    protected override void OnEnd()
    {
        if (_images.Count == 0)
        {
            throw new McdmException("NoPictures", ErrorKind.InvalidArgument, "There are no pictures to lay out; pipe images in or give -Path.");
        }
        var sheet = ContactSheet.Arrange(_images.Select(image => image.Picture).ToList<Picture?>(), Labels(),
            new ContactSheetOptions { Columns = Columns, Scale = Scale, ColumnHeaders = ColumnHeader, RowHeaders = RowHeader });
        WriteObject(new McdmImage(sheet) { Name = Name });
    }

    private List<string>? Labels() => Label switch
    {
        null => null,
        ["Name"] => _images.ConvertAll(image => image.FileName),
        ["Seed"] => _images.ConvertAll(image => image.Seed?.ToString() ?? ""),
        ["Conditions"] => _images.ConvertAll(image => image.Conditions),
        _ when Label.Length == _images.Count => [.. Label],
        _ => throw new McdmException("LabelCount", ErrorKind.InvalidArgument, $"There are {Label.Length} labels for {_images.Count} pictures; give one each, or Name, Seed or Conditions."),
    };
}
