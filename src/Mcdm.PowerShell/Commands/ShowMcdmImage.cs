using System.Management.Automation;
using Mcdm.Display.Terminal;
using Mcdm.Imaging;
using Mcdm.PowerShell.Binding;
using Mcdm.PowerShell.Completion;
using Mcdm.PowerShell.Hosting;
using Mcdm.Sampling;

namespace Mcdm.PowerShell.Commands;

/// <summary>Draws pictures in the terminal, side by side.</summary>
[Cmdlet(VerbsCommon.Show, "McdmImage")]
[OutputType(typeof(McdmImage))]
public sealed class ShowMcdmImage : ImageCmdlet
{
    private readonly List<(Picture Picture, int Columns)> _row = [];
    private HostTerminal? _terminal;

    /// <inheritdoc/>
    [Parameter(Mandatory = true, ParameterSetName = ImageSet, ValueFromPipeline = true)]
    [ImageTransformation(TakesDatasets = true)]
    [ValidateNotNullOrEmpty]
    public override McdmImage[] Image { get; set; } = [];

    /// <summary>Columns that each picture takes, as far as the window allows.</summary>
    [Parameter]
    [Number(typeof(int))]
    [ArgumentCompleter(typeof(Numbers))]
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
    protected override void OnEnd() => DrawRow();

    /// <summary>Puts a picture into the row; a row that is full is drawn.</summary>
    protected override void ProcessImage(McdmImage image)
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
