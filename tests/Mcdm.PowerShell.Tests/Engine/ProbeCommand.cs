using System.Management.Automation;
using Mcdm.PowerShell.Binding;
using Mcdm.PowerShell.Completion;
using Mcdm.PowerShell.Hosting;

namespace Mcdm.PowerShell.Tests;

/// <summary>A cmdlet that does only what its base class does: emits the paths it was given, fails on request, runs until stopped.</summary>
[Cmdlet(VerbsDiagnostic.Test, "Probe", DefaultParameterSetName = PathSet)]
internal sealed class ProbeCommand : PathCmdlet
{
    [Parameter]
    public string? Output { get; set; }

    [Parameter]
    public Exception? Fail { get; set; }

    [Parameter]
    public SwitchParameter Forever { get; set; }

    /// <summary>Receives a line when the command is disposed.</summary>
    [Parameter]
    public IList<string>? Log { get; set; }

    protected override void OnBegin()
    {
        if (Output is not null) { WriteObject(ResolveOutput(Output)); }
    }

    protected override void ProcessPath(string path)
    {
        if (Fail is not null) { throw Fail; }
        using ProgressReporter progress = StartProgress("Probing");
        progress.Update(1, 4, "a quarter");
        while (Forever)
        {
            Cancellation.ThrowIfCancellationRequested();
            Thread.Sleep(10);
        }
        WriteObject(path);
    }

    protected override void Dispose(bool disposing)
    {
        Log?.Add("disposed");
        base.Dispose(disposing);
    }
}

/// <summary>Fails while it starts.</summary>
[Cmdlet(VerbsDiagnostic.Test, "ProbeStart")]
internal sealed class ProbeStartCommand : McdmCmdlet
{
    protected override void OnBegin() => throw new McdmException("CannotStart", ErrorKind.NotSupported, "It cannot start.");
}

/// <summary>Takes a fruit, to be completed.</summary>
[Cmdlet(VerbsDiagnostic.Test, "ProbeFruit")]
internal sealed class ProbeFruitCommand : McdmCmdlet
{
    [Parameter(Position = 0)]
    [ArgumentCompleter(typeof(Fruits))]
    public string Name { get; set; } = "";

    private sealed class Fruits : CompletionSet
    {
        protected override IEnumerable<(string Value, string? Explanation)> Values(System.Collections.IDictionary boundParameters) =>
            [("apple", "green"), ("Adam's apple", null), ("blood orange", "red"), ("cherry", "red")];
    }
}
