using System.Management.Automation;
using Mcdm.Imaging;
using Mcdm.Imaging.Drawing;
using Mcdm.Imaging.Files;
using Mcdm.Imaging.Lines;
using Mcdm.PowerShell.Binding;
using Mcdm.PowerShell.Completion;
using Mcdm.Sampling;

namespace Mcdm.PowerShell.Commands;

/// <summary>Finds the edges in pictures: black lines on white, what a sketch condition takes, or white ones on black.</summary>
[Cmdlet(VerbsData.ConvertTo, "McdmSketch", DefaultParameterSetName = PathSet)]
[OutputType(typeof(McdmImage))]
public sealed class ConvertToMcdmSketch : PathCmdlet
{
    private const string ImageSet = "Image";

    /// <summary>A picture that a cmdlet made.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ImageSet, ValueFromPipeline = true)]
    [Deserialized]
    [ValidateNotNullOrEmpty]
    public McdmImage[] Image { get; set; } = [];

    /// <summary>Side of the square sketch in pixels; pictures of another shape are cropped around their middle.</summary>
    [Parameter]
    [Number(typeof(int))]
    [ArgumentCompleter(typeof(Numbers))]
    [ValidateRange(8, 4096)]
    public int Size { get; set; } = 128;

    /// <summary>White lines on black, as ControlNets of edges expect them, instead of black ones on white.</summary>
    [Parameter]
    public SwitchParameter WhiteOnBlack { get; set; }

    /// <summary>Standard deviation of the blur before the edges are sought, in pixels.</summary>
    [Parameter]
    [Number(typeof(double))]
    [ArgumentCompleter(typeof(Numbers))]
    [ValidateRange(0.1, 10.0)]
    public double Sigma { get; set; } = CannyOptions.Default.Sigma;

    /// <summary>Gradient over which a pixel goes on an edge.</summary>
    [Parameter]
    [Number(typeof(double))]
    [ArgumentCompleter(typeof(Numbers))]
    [ValidateRange(0.0, 10_000.0)]
    public double LowThreshold { get; set; } = CannyOptions.Default.LowThreshold;

    /// <summary>Gradient over which a pixel starts an edge.</summary>
    [Parameter]
    [Number(typeof(double))]
    [ArgumentCompleter(typeof(Numbers))]
    [ValidateRange(0.0, 10_000.0)]
    public double HighThreshold { get; set; } = CannyOptions.Default.HighThreshold;

    /// <inheritdoc/>
    protected override void OnProcess()
    {
        foreach (var image in Image) { Attempt(image, () => WriteObject(Convert(image.Picture, image.FileName))); }
        if (ParameterSetName != ImageSet) { base.OnProcess(); }
    }

    /// <inheritdoc/>
    protected override void ProcessPath(string path) =>
        WriteObject(Convert(PictureFile.Read(path, WriteVerbose), System.IO.Path.GetFileNameWithoutExtension(path)));

    private McdmImage Convert(Picture picture, string name)
    {
        var small = PictureResize.ToSize(PictureResize.Flatten(picture), Size, Size, ResizeKind.Smooth, WriteVerbose);
        bool[] edges = CannyEdges.Find(small, new CannyOptions { Sigma = Sigma, LowThreshold = LowThreshold, HighThreshold = HighThreshold });
        if (!edges.Contains(true)) { WriteWarning($"'{name}' has no edge that is strong enough, so its sketch is without a line; lower -HighThreshold."); }
        var sketch = SketchLines.ToPicture(edges, Size, Size);
        return new McdmImage(WhiteOnBlack ? sketch.Inverted() : sketch) { Name = $"{name}-sketch" };
    }
}
