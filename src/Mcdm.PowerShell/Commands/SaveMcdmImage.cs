using System.Management.Automation;
using Mcdm.Files;
using Mcdm.Imaging.Files;
using Mcdm.PowerShell.Binding;
using Mcdm.PowerShell.Hosting;
using Mcdm.PowerShell.Serialization;
using Mcdm.Runs;
using Mcdm.Sampling;

namespace Mcdm.PowerShell.Commands;

/// <summary>Saves pictures as PNG files that carry their recipe, or a picture as JPEG, WebP, BMP, GIF or TIFF.</summary>
[Cmdlet(VerbsData.Save, "McdmImage", SupportsShouldProcess = true, DefaultParameterSetName = PathSet)]
[OutputType(typeof(SavedFile))]
public sealed class SaveMcdmImage : McdmCmdlet
{
    private const string PathSet = "Path", LiteralPathSet = "LiteralPath";
    private readonly HashSet<string> _taken = new(PictureName.PathComparer);
    private string? _target;
    private bool _isFirst = true;

    /// <summary>The pictures.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true)]
    [Deserialized]
    [ValidateNotNullOrEmpty]
    public McdmImage[] Image { get; set; } = [];

    /// <summary>A folder, made where it is missing, or a file name ending in .png, .jpg or another picture's for a single picture.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = PathSet)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <summary>As Path, taken as it is.</summary>
    [Parameter(Mandatory = true, ParameterSetName = LiteralPathSet)]
    [Alias("PSPath", "LP")]
    [ValidateNotNullOrEmpty]
    public string LiteralPath { get; set; } = "";

    /// <summary>Replace files that exist.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Leave files that exist as they are, without an error.</summary>
    [Parameter]
    [SkipExistingSwitch]
    public SwitchParameter SkipExisting { get; set; }

    /// <inheritdoc/>
    protected override void OnBegin()
    {
        if (Force && SkipExisting)
        {
            throw new McdmException("ForceOrSkip", ErrorKind.InvalidArgument,
                "-Force replaces files that exist and -SkipExisting leaves them; give one of the two.");
        }
        _target = ResolveOutput(ParameterSetName == PathSet ? Path : LiteralPath);
        if (!IsWhatIf) { OutputFolder.RequireWritable(PictureName.FolderOf(_target)); }
        AtomicFile.CleanUp(_target);
    }

    /// <inheritdoc/>
    protected override void OnProcess()
    {
        foreach (var image in Image) { Attempt(image, () => Save(image)); }
    }

    private void Save(McdmImage image)
    {
        string path = PictureName.PathIn(_target!, image.FileName);
        if (!_taken.Add(path))
        {
            throw new McdmException("OutputTwice", ErrorKind.AlreadyExists,
                $"Two pictures of this pipeline would be saved as '{path}'; the first is kept. Give each record a Name or Seed of its own.");
        }
        if (SkipExisting && File.Exists(path))
        {
            SayExists(path);
            return;
        }
        if (!ShouldProcess(path, "Save picture")) { return; }
        OutputFolder.Make(System.IO.Path.GetDirectoryName(path)!);
        if (SkipExisting && _isFirst) { WarnOfReplacement(System.IO.Path.GetDirectoryName(path)!); }
        _isFirst = false;
        try
        {
            PictureWriter.Write(image.Picture, path, image.PngMetadata(), Force);
        }
        catch (McdmException e) when (SkipExisting && e.Kind == ErrorKind.AlreadyExists)
        {
            // Another process has saved it since it was looked for.
            SayExists(path);
            return;
        }
        catch (McdmException e) when (SkipExisting)
        {
            // A full disk of this computer, say: others need not wait for it.
            PictureClaim.GiveUp(path);
            RunLog.In(System.IO.Path.GetDirectoryName(path)!)?.Unsaved(path, e.Id, e.Message);
            throw;
        }
        if (image.Recipe is not null && PictureWriter.IsOtherFormat(path))
        {
            WriteVerbose($"'{path}' holds the picture alone; its recipe is kept in PNG files only.");
        }
        WriteObject(SavedFile.Of(path, image));
    }

    private void WarnOfReplacement(string folder)
    {
        if (!OutputFolder.KeepsFirst(folder))
        {
            WriteWarning($"In '{folder}' a file cannot take its place in one move (there are neither links nor renaming without replacement): where two "
                + "processes save one picture at the same time, the later replaces the earlier. Both are whole.");
        }
    }

    private void SayExists(string path) => WriteVerbose($"'{path}' exists and is left as it is.");
}
