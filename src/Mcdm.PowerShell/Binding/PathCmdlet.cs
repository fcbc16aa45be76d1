using System.Management.Automation;
using Mcdm.PowerShell.Hosting;

namespace Mcdm.PowerShell.Binding;

/// <summary>A cmdlet whose input is files: <c>-Path</c> takes wildcards, <c>-LiteralPath</c> does not, and either may come down the pipeline.</summary>
public abstract class PathCmdlet : McdmCmdlet
{
    /// <summary>Name of the parameter set with <c>-Path</c>; the default set of a cmdlet should be this one.</summary>
    protected const string PathSet = "Path";

    /// <summary>Name of the parameter set with <c>-LiteralPath</c>.</summary>
    protected const string LiteralPathSet = "LiteralPath";

    /// <summary>Files to read; wildcards are allowed.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = PathSet, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [];

    /// <summary>Files to read, exactly as written.</summary>
    [Parameter(Mandatory = true, ParameterSetName = LiteralPathSet, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "LP")]
    [ValidateNotNullOrEmpty]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>Handles one file or folder. An expected failure is reported with the path, and the next one follows.</summary>
    /// <param name="path">Full path of something that exists.</param>
    protected abstract void ProcessPath(string path);

    /// <inheritdoc/>
    protected override void OnProcess()
    {
        bool literal = ParameterSetName == LiteralPathSet;
        ForEachInput(literal ? LiteralPath : Path, literal, ProcessPath);
    }
}
