using System.Collections;
using System.Management.Automation;

namespace Mcdm.PowerShell.Hosting;

/// <summary>
/// A command with -AsJob: the same one again in a thread job, with all parameters, common ones among them, and all that came down the pipeline.
/// </summary>
internal sealed class BackgroundRun
{
    private const string Script = """
        param($module, $command, $parameters, $location, $drives, $records)
        Import-Module -Name $module
        foreach ($drive in $drives) { if (-not (Get-PSDrive $drive.Name -ErrorAction Ignore)) { $null = New-PSDrive $drive.Name FileSystem $drive.Root } }
        Set-Location -LiteralPath $location
        if ($null -eq $records) { & $command @parameters } else { $records | & $command @parameters }
        """;

    /// <summary>The manifest: two folders above this assembly.</summary>
    private static readonly string Module = Path.Combine(Path.GetDirectoryName(typeof(BackgroundRun).Assembly.Location)!, "..", "..", "Mcdm.psd1");

    private readonly PSCmdlet _cmdlet;
    private readonly Hashtable _parameters = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<object>? _records;

    /// <param name="cmdlet">The command, before its first input.</param>
    /// <param name="asJob">Name of the switch that asked for the job.</param>
    public BackgroundRun(PSCmdlet cmdlet, string asJob)
    {
        _cmdlet = cmdlet;
        _records = cmdlet.MyInvocation.ExpectingInput ? [] : null;
        foreach (var (name, value) in cmdlet.MyInvocation.BoundParameters.Where(bound => bound.Key != asJob)) { _parameters.Add(name, value); }
    }

    /// <summary>Keeps what came down the pipeline.</summary>
    public void Add(IEnumerable<object> input) => _records?.AddRange(input);

    /// <summary>Starts the job.</summary>
    /// <exception cref="McdmException"><c>ThreadJobMissing</c>.</exception>
    public PSObject Start()
    {
        using var shell = System.Management.Automation.PowerShell.Create(RunspaceMode.CurrentRunspace);
        shell.AddCommand("Start-ThreadJob").AddParameter("ScriptBlock", ScriptBlock.Create(Script)).AddParameter("Name", _cmdlet.MyInvocation.MyCommand.Name)
            .AddParameter("ArgumentList",
                new object?[] { Module, _cmdlet.MyInvocation.MyCommand.Name, _parameters, _cmdlet.SessionState.Path.CurrentFileSystemLocation.ProviderPath,
                _cmdlet.SessionState.Drive.GetAllForProvider("FileSystem").ToArray(), _records?.ToArray() });
        try
        {
            return shell.Invoke()[0];
        }
        catch (CommandNotFoundException e)
        {
            throw new McdmException("ThreadJobMissing", ErrorKind.NotSupported,
                "-AsJob needs Start-ThreadJob of the module Microsoft.PowerShell.ThreadJob, which comes with PowerShell 7; it is not here.", e);
        }
    }
}
