using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using Shell = System.Management.Automation.PowerShell;

namespace Mcdm.PowerShell.Tests;

/// <summary>
/// The real engine with the module imported from the built checkout. Test classes take it as a constructor
/// argument and carry <c>[Collection(PowerShellEngine.Collection)]</c>.
/// </summary>
public sealed class PowerShellEngine : IDisposable
{
    /// <summary>Name of the test collection that shares one engine.</summary>
    public const string Collection = "PowerShell engine";

    private readonly RecordingHost _host = new();
    private readonly Runspace _runspace;

    public PowerShellEngine()
    {
        InitialSessionState state = InitialSessionState.CreateDefault2();
        state.Commands.Add(new SessionStateCmdletEntry("Test-Probe", typeof(ProbeCommand), helpFileName: null));
        state.Commands.Add(new SessionStateCmdletEntry("Test-ProbeStart", typeof(ProbeStartCommand), helpFileName: null));
        state.Commands.Add(new SessionStateCmdletEntry("Test-ProbeFruit", typeof(ProbeFruitCommand), helpFileName: null));
        _runspace = RunspaceFactory.CreateRunspace(_host, state);
        _runspace.Open();
        Import();
        Reset();
    }

    /// <summary>The letter that answers the next questions whether to go on: Y, A, N, L.</summary>
    public string Answer { get => _host.Answer; set => _host.Answer = value; }

    /// <summary>A fresh folder for one test, and the session's current location.</summary>
    public string Folder { get; private set; } = "";

    /// <summary>Makes a fresh, empty folder the current location.</summary>
    public string Reset()
    {
        DeleteFolder();
        Folder = Directory.CreateTempSubdirectory("mcdm tests ").FullName;
        SetLocation(Folder);
        return Folder;
    }

    public void SetLocation(string folder) => _runspace.SessionStateProxy.Path.SetLocation(WildcardPattern.Escape(folder));

    /// <summary>Runs a script. Named parameters reach it through its own <c>param(…)</c>.</summary>
    /// <param name="script">The text, such as <c>param($path) Get-Thing $path</c>.</param>
    /// <param name="parameters">Pairs of name and value, such as <c>("path", folder)</c>.</param>
    public EngineResult Invoke(string script, params (string Name, object? Value)[] parameters) => Run(script, Array.Empty<object>(), parameters, static (_, _) => { });

    /// <summary>Runs a script whose <c>$input</c> is <paramref name="input"/>.</summary>
    public EngineResult InvokeWithInput(string script, IEnumerable input, params (string Name, object? Value)[] parameters) =>
        Run(script, input, parameters, static (_, _) => { });

    /// <summary>Runs a script and stops it, as Ctrl+C would, at its first progress record.</summary>
    public EngineResult InvokeAndStopAtFirstProgress(string script, params (string Name, object? Value)[] parameters) =>
        Run(script, Array.Empty<object>(), parameters, static (shell, _) => shell.Streams.Progress.DataAdded += (_, _) => shell.BeginStop(null, null));

    /// <summary>Runs a script and stops it, as Ctrl+C would, at its first output.</summary>
    public EngineResult InvokeAndStopAtFirstOutput(string script, params (string Name, object? Value)[] parameters) =>
        Run(script, Array.Empty<object>(), parameters, static (shell, output) => output.DataAdded += (_, _) => shell.BeginStop(null, null));

    /// <summary>What Tab offers at the end of a line.</summary>
    public IReadOnlyList<string> Complete(string line)
    {
        using Shell shell = Shell.Create(_runspace);
        CommandCompletion completion = CommandCompletion.CompleteInput(line, line.Length, options: null, shell);
        return [.. completion.CompletionMatches.Select(match => match.CompletionText)];
    }

    public void Dispose()
    {
        _runspace.Dispose();
        DeleteFolder();
    }

    private EngineResult Run(string script, IEnumerable input, (string Name, object? Value)[] parameters, Action<Shell, PSDataCollection<PSObject>> prepare)
    {
        using Shell shell = Shell.Create(_runspace);
        shell.AddScript(script, useLocalScope: true);
        foreach ((string name, object? value) in parameters) { shell.AddParameter(name, value); }
        using PSDataCollection<PSObject> output = [];
        List<ErrorRecord> final = [];
        prepare(shell, output);
        _host.TakeLines();
        _host.TakeText();
        try
        {
            shell.Invoke(input, output, new PSInvocationSettings());
        }
        catch (PipelineStoppedException)
        {
            // Told by the shell's state.
        }
        catch (RuntimeException e)
        {
            final.Add(e.ErrorRecord);
        }
        return new EngineResult
        {
            Output = [.. output],
            Errors = [.. shell.Streams.Error, .. final],
            Warnings = [.. shell.Streams.Warning.Select(record => record.Message)],
            Verbose = [.. shell.Streams.Verbose.Select(record => record.Message)],
            Progress = [.. shell.Streams.Progress],
            HostLines = _host.TakeLines(),
            HostText = _host.TakeText(),
            Terminated = final.Count > 0,
            Stopped = shell.InvocationStateInfo.State == PSInvocationState.Stopped,
        };
    }

    private void Import()
    {
        using Shell shell = Shell.Create(_runspace);
        shell.AddCommand("Import-Module").AddParameter("Name", Checkout.Manifest).AddParameter("ErrorAction", ActionPreference.Stop).Invoke();
    }

    private void DeleteFolder()
    {
        if (Directory.Exists(Folder)) { Directory.Delete(Folder, recursive: true); }
    }
}

/// <summary>All tests that need the engine share one, and run one after another.</summary>
[CollectionDefinition(PowerShellEngine.Collection)]
public sealed class PowerShellEngineGroup : ICollectionFixture<PowerShellEngine>;
