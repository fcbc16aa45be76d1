using System.Management.Automation;
using Mcdm.Generation;
using Mcdm.Imaging;
using Mcdm.Terminal;

namespace Mcdm.PowerShell.Commands;

/// <summary>Draws pictures in the terminal, side by side.</summary>
[Cmdlet(VerbsCommon.Show, "McdmImage")]
[OutputType(typeof(McdmImage))]
public sealed class ShowMcdmImage : McdmCmdlet
{
    private const string ImageSet = "Image", PathSet = "Path", LiteralPathSet = "LiteralPath";
    private readonly List<(Picture Picture, int Columns)> _row = [];
    private HostTerminal? _terminal;

    /// <summary>The pictures: images, or picture files among them.</summary>
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

    /// <summary>Columns that each picture takes, as far as the window allows.</summary>
    [Parameter]
    [ValidateRange(1, 1000)]
    public int? Width { get; set; }

    /// <summary>How to draw.</summary>
    [Parameter]
    public GraphicsProtocol Protocol { get; set; } = GraphicsProtocol.Auto;

    /// <summary>Hand the pictures on.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void OnBegin() => _terminal = HostTerminal.Of(this, Protocol);

    /// <inheritdoc/>
    protected override void OnProcess()
    {
        foreach (var image in Image) { Show(image); }
        bool literal = ParameterSetName == LiteralPathSet;
        ForEachInput(literal ? LiteralPath : Path, literal, path => Show(McdmImage.FromFile(path, WriteVerbose)));
    }

    /// <inheritdoc/>
    protected override void OnEnd() => DrawRow();

    /// <summary>Puts a picture into the row; a row that is full is drawn.</summary>
    private void Show(McdmImage image)
    {
        Cancellation.ThrowIfCancellationRequested();
        var screen = _terminal!.Screen;
        int columns = screen.Fit(image.Picture, Width);
        if (_row.Sum(item => item.Columns + TerminalScreen.Gap) + columns > screen.Columns) { DrawRow(); }
        _row.Add((image.Picture, columns));
        if (PassThru) { WriteObject(image); }
    }

    private void DrawRow()
    {
        if (_row.Count == 0) { return; }
        _terminal!.Write(_terminal.Screen.Draw(_row).Text);
        _row.Clear();
    }
}
