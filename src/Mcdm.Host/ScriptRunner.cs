using System.Diagnostics;
using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace Mcdm.Host;

/// <summary>Runs one script, or one command, from a fresh session to an exit code.</summary>
internal static class ScriptRunner
{
    /// <exception cref="UsageException">The log cannot be written.</exception>
    public static int Run(HostArguments arguments)
    {
        using LogFile? log = arguments.LogPath is string path ? new LogFile(path) : null;
        log?.Add("RUN", $"begins: {arguments.Command ?? string.Join(' ', [arguments.ScriptPath ?? "prompt", .. arguments.Rest])}");
        Stopwatch clock = Stopwatch.StartNew();
        int exitCode = Run(arguments, log);
        log?.Add("RUN", $"ends after {clock.Elapsed.TotalSeconds:0.0} s with exit code {exitCode}");
        return exitCode;
    }

    private static int Run(HostArguments arguments, LogFile? log)
    {
        using ConsoleHost host = new(log);
        using Runspace runspace = RunspaceFactory.CreateRunspace(host, InitialSessionState.CreateDefault2());
        runspace.Open();
        Runspace.DefaultRunspace = runspace;
        using Interruption interruption = new(host, once: !arguments.Interactive);

        runspace.SessionStateProxy.Path.SetLocation(WildcardPattern.Escape(Environment.CurrentDirectory));
        int? failure = Invoke(runspace, host, interruption, shell => shell
            .AddCommand("Import-Module").AddParameter("Name", ModuleLocator.Find()).AddParameter("ErrorAction", ActionPreference.Stop));
        if (failure is not null) { return failure.Value; }

        if (arguments.Interactive) { return Converse(runspace, host, interruption); }
        string text = arguments.Command is string command ? ScriptInvocation.Build(command) : ScriptInvocation.Build(arguments.ScriptPath!, arguments.Rest);
        return Invoke(runspace, host, interruption, shell => shell.AddScript(text)) ?? ExitCode.Success;
    }

    /// <summary>Reads and runs one statement after the other.</summary>
    private static int Converse(Runspace runspace, ConsoleHost host, Interruption interruption)
    {
        Prompt prompt = new(runspace);
        while (host.RequestedExitCode is null && prompt.ReadStatement() is string statement)
        {
            interruption.Reset();
            _ = Invoke(runspace, host, interruption, shell => shell.AddScript(statement));
            host.EndProgress();
        }
        return host.RequestedExitCode ?? ExitCode.Success;
    }

    /// <summary>Runs a pipeline with its output and errors shown; null when it ran to its end.</summary>
    private static int? Invoke(Runspace runspace, ConsoleHost host, Interruption interruption, Action<PowerShell> fill)
    {
        if (interruption.ExitCode is not null) { return interruption.ExitCode; }
        using PowerShell shell = PowerShell.Create(runspace);
        fill(shell);
        shell.Commands.Commands[^1].MergeMyResults(PipelineResultTypes.Error, PipelineResultTypes.Output);
        shell.AddCommand("Out-Default");
        try
        {
            using (interruption.Watch(shell)) { shell.Invoke(); }
        }
        catch (PipelineStoppedException)
        {
            // Ctrl+C, or 'exit' in a command; the host knows which.
        }
        catch (RuntimeException e)
        {
            if (interruption.ExitCode is null) { ErrorReport.Show(runspace, host, e); }
            return interruption.ExitCode ?? ExitCode.Failure;
        }
        return interruption.ExitCode ?? host.RequestedExitCode;
    }
}
