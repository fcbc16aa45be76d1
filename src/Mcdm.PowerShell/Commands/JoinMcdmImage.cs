using System.Management.Automation;
using Mcdm.Display.Sheets;
using Mcdm.Imaging;
using Mcdm.PowerShell.Binding;
using Mcdm.PowerShell.Completion;
using Mcdm.Sampling;

namespace Mcdm.PowerShell.Commands;

/// <summary>Lays pictures out on one contact sheet.</summary>
[Cmdlet(VerbsCommon.Join, "McdmImage")]
[OutputType(typeof(McdmImage))]
public sealed class JoinMcdmImage : ImageCmdlet
{
    private readonly List<McdmImage> _images = [];

    /// <inheritdoc/>
    [Parameter(Mandatory = true, ParameterSetName = ImageSet, ValueFromPipeline = true)]
    [ImageTransformation(TakesDatasets = true)]
    [ValidateNotNullOrEmpty]
    public override McdmImage[] Image { get; set; } = [];

    /// <summary>Texts under the pictures, in order; or one of the words Name, Seed, Conditions, to write that of each picture.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(LabelKinds))]
    [ValidateNotNullOrEmpty]
    public string[]? Label { get; set; }

    /// <summary>Pictures in a row; near a square by default.</summary>
    [Parameter]
    [Number(typeof(int))]
    [ArgumentCompleter(typeof(Numbers))]
    [ValidateRange(1, 1000)]
    public int? Columns { get; set; }

    /// <summary>Whole factor by which pictures are enlarged, without blurring; small pictures are enlarged by default.</summary>
    [Parameter]
    [Number(typeof(int))]
    [ArgumentCompleter(typeof(Numbers))]
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
    protected override void ProcessImage(McdmImage image) => _images.Add(image);

    /// <inheritdoc/>
    protected override void OnEnd()
    {
        if (_images.Count == 0)
        {
            WriteVerbose("There is no picture to lay out.");
            return;
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
        _ => throw new McdmException("LabelCount", ErrorKind.InvalidArgument,
            $"There are {Label.Length} labels for {_images.Count} pictures; give one each, or Name, Seed or Conditions."),
    };
}
