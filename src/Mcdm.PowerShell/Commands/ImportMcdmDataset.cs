using System.Management.Automation;
using Mcdm.Datasets;
using Mcdm.PowerShell.Binding;

namespace Mcdm.PowerShell.Commands;

/// <summary>Reads what folders of pictures hold: pictures with any subset of sketches, masks, captions and attributes.</summary>
[Cmdlet(VerbsData.Import, "McdmDataset", DefaultParameterSetName = PathSet)]
[OutputType(typeof(PictureDataset))]
public sealed class ImportMcdmDataset : PathCmdlet
{
    private readonly List<string> _folders = [];

    /// <inheritdoc/>
    protected override void ProcessPath(string path) => _folders.Add(path);

    /// <inheritdoc/>
    protected override void OnEnd()
    {
        if (_folders.Count > 0) { WriteObject(PictureDataset.Open(_folders, WriteWarning)); }
    }
}
