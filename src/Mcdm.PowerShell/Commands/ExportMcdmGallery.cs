using System.Management.Automation;
using Mcdm.Display.Gallery;
using Mcdm.PowerShell.Binding;
using Mcdm.PowerShell.Hosting;
using Mcdm.Sampling;

namespace Mcdm.PowerShell.Commands;

/// <summary>Writes one self-contained HTML page of pictures: their conditions beside them, their recipes to copy, filters, keys.</summary>
[Cmdlet(VerbsData.Export, "McdmGallery", SupportsShouldProcess = true)]
[OutputType(typeof(FileInfo))]
public sealed class ExportMcdmGallery : McdmCmdlet
{
    private const string DefaultName = "gallery.html";
    private readonly List<McdmImage> _images = [];

    /// <summary>The pictures, in order: images, or picture files among them, which bring their recipes along.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true)]
    [ImageTransformation]
    [ValidateNotNullOrEmpty]
    public McdmImage[] Image { get; set; } = [];

    /// <summary>The page: an .html file, or a folder in which it is called gallery.html.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <summary>Its heading.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string Title { get; set; } = "Mcdm gallery";

    /// <summary>Replace a page that exists.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void OnProcess() => _images.AddRange(Image);

    /// <inheritdoc/>
    protected override void OnEnd()
    {
        if (_images.Count == 0)
        {
            WriteVerbose("No picture came down the pipeline, so there is no page to write.");
            return;
        }
        string given = ResolveOutput(Path);
        string path = System.IO.Path.GetExtension(given).ToUpperInvariant() is ".HTML" or ".HTM" ? given : System.IO.Path.Combine(given, DefaultName);
        if (File.Exists(path) && !Force)
        {
            throw new McdmException("OutputExists", ErrorKind.AlreadyExists, $"'{path}' exists; use -Force to replace it.") { Target = path };
        }
        if (!ShouldProcess(path, $"Write a gallery of {_images.Count} pictures")) { return; }
        GalleryPage.Write(path, _images, Title);
        WriteObject(Item(path));
    }
}
