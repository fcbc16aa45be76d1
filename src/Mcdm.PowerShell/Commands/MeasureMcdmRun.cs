using System.Management.Automation;
using Mcdm.PowerShell.Binding;
using Mcdm.PowerShell.Hosting;
using Mcdm.Runs;
using Mcdm.Sampling;
using Mcdm.Sampling.Jobs;

namespace Mcdm.PowerShell.Commands;

/// <summary>
/// Takes stock of a run that one or several processes and computers work at: rows done, missing and failed, pictures a minute by host, time left.
/// </summary>
[Cmdlet(VerbsDiagnostic.Measure, "McdmRun", DefaultParameterSetName = PathSet)]
[OutputType(typeof(RunMeasurement))]
public sealed class MeasureMcdmRun : PathCmdlet
{
    private IReadOnlyList<RunEntry>? _jobs;

    /// <summary>The job files whose rows are to be made; by default, those that the processes read.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] Jobs { get; set; } = [];

    /// <inheritdoc/>
    protected override void OnBegin()
    {
        if (Jobs.Length == 0) { return; }
        _jobs = Jobs.SelectMany(path => ResolveInput(path)).Select((path, i) => new RunEntry
        {
            Event = RunEvent.Rows,
            At = default,
            Jobs = path,
            Prefix = i == 0 ? null : JobRow.PrefixOf(path),
        }).ToList();
    }

    /// <inheritdoc/>
    protected override void ProcessPath(string path)
    {
        if (!Directory.Exists(path))
        {
            throw new McdmException("RunNotFolder", ErrorKind.InvalidArgument, $"'{path}' is a file; name the folder that the pictures are saved to.");
        }
        var folder = RunFolder.Read(path);
        WriteObject(folder.Measure(Rows(folder)));
    }

    /// <summary>
    /// The rows of all files; what a run said for all rows of a file counts for the file also where its name was given here. Null where there is no file.
    /// </summary>
    private IReadOnlyList<ExpectedRow>? Rows(RunFolder folder)
    {
        var said = folder.Jobs;
        RunEntry Said(RunEntry file) => said.FirstOrDefault(other => PictureName.PathComparer.Equals(other.Jobs, file.Jobs)) ?? file;
        var files = _jobs?.Select(Said).ToList() ?? said;
        try
        {
            return files.Count == 0 ? null : ExpectedRow.Apart(files.SelectMany(ExpectedRow.Of));
        }
        catch (Exception e) when (_jobs is null && Errors.IsExpected(e))
        {
            WriteWarning($"The rows of the run cannot be counted, since the file that they were in cannot be read here; name it with -Jobs. {e.Message}");
            return null;
        }
    }
}
