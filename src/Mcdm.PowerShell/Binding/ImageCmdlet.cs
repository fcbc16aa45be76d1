using System.Management.Automation;
using Mcdm.PowerShell.Hosting;
using Mcdm.Sampling;

namespace Mcdm.PowerShell.Binding;

/// <summary>
/// A cmdlet whose input is pictures: images and picture files down the pipeline, or files by <c>-Path</c> or <c>-LiteralPath</c>. Who has
/// more parameter sets overrides the three properties with their attributes.
/// </summary>
public abstract class ImageCmdlet : McdmCmdlet
{
    /// <summary>Name of the parameter set with <c>-Image</c>.</summary>
    protected const string ImageSet = "Image";

    /// <summary>Names of the sets with <c>-Path</c> and <c>-LiteralPath</c>.</summary>
    protected const string PathSet = "Path", LiteralPathSet = "LiteralPath";

    /// <summary>The pictures, in order: images, or picture files among them.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ImageSet, ValueFromPipeline = true)]
    [ImageTransformation]
    [ValidateNotNullOrEmpty]
    public virtual McdmImage[] Image { get; set; } = [];

    /// <summary>Picture files, with wildcards.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = PathSet)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public virtual string[] Path { get; set; } = [];

    /// <summary>Picture files, taken as they are.</summary>
    [Parameter(Mandatory = true, ParameterSetName = LiteralPathSet, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "LP")]
    [ValidateNotNullOrEmpty]
    public virtual string[] LiteralPath { get; set; } = [];

    /// <summary>Takes one picture. An expected failure is reported with the picture or its path, and the next one follows.</summary>
    /// <param name="image">The picture.</param>
    protected abstract void ProcessImage(McdmImage image);

    /// <inheritdoc/>
    protected override void OnProcess()
    {
        foreach (var image in Image) { Attempt(image, () => ProcessImage(image)); }
        bool literal = LiteralPath.Length > 0;
        ForEachInput(literal ? LiteralPath : Path, literal, path => ProcessImage(McdmImage.FromFile(path, WriteVerbose)));
    }
}
