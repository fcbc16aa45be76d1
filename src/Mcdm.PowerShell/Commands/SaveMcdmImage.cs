using System.Management.Automation;
using Mcdm.Generation;
using Mcdm.Imaging;

namespace Mcdm.PowerShell.Commands;

/// <summary>Saves pictures as PNG files that carry their recipe.</summary>
[Cmdlet(VerbsData.Save, "McdmImage", SupportsShouldProcess = true, DefaultParameterSetName = PathSet)]
[OutputType(typeof(FileInfo))]
public sealed class SaveMcdmImage : McdmCmdlet
{
    private const string PathSet = "Path", LiteralPathSet = "LiteralPath", Extension = ".png";
    private string? _target;

    /// <summary>The pictures.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    public McdmImage[] Image { get; set; } = [];

    /// <summary>A folder, made where it is missing, or a file name ending in .png for a single picture.</summary>
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

    /// <inheritdoc/>
    protected override void OnBegin() => _target = ResolveOutput(ParameterSetName == PathSet ? Path : LiteralPath);

    /// <inheritdoc/>
    protected override void OnProcess()
    {
        foreach (var image in Image) { Attempt(image, () => Save(image)); }
    }

    private void Save(McdmImage image)
    {
        bool isFile = _target!.EndsWith(Extension, StringComparison.OrdinalIgnoreCase) && !Directory.Exists(_target);
        string path = isFile ? _target : System.IO.Path.Combine(_target, SafeName(image.FileName) + Extension);
        if (!ShouldProcess(path, "Save picture")) { return; }
        try
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new McdmException("OutputUnwritable", ErrorKind.WriteFailed, $"The folder of '{path}' cannot be made: {e.Message}", e);
        }
        PngFile.Write(image.Picture, path, image.PngMetadata(), Force);
        WriteObject(new FileInfo(path));
    }

    /// <summary>A name is one file in the folder: what no file name may hold, on any system, becomes '_'.</summary>
    private static string SafeName(string name)
    {
        string safe = string.Concat(name.Select(c => char.IsControl(c) || "<>:\"/\\|?*".Contains(c, StringComparison.Ordinal) ? '_' : c)).Trim('.', ' ');
        return safe.Length == 0 ? "picture" : safe;
    }
}
