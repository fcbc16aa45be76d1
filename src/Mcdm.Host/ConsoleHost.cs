using System.Globalization;
using System.Management.Automation.Host;
using System.Reflection;

namespace Mcdm.Host;

/// <summary>What the engine needs to know of the program around it.</summary>
internal sealed class ConsoleHost : PSHost, IDisposable
{
    private readonly ConsoleUserInterface _ui;

    /// <param name="log">Where all that is shown is written as well; null for nowhere.</param>
    public ConsoleHost(LogFile? log) => _ui = new ConsoleUserInterface(log);

    public override CultureInfo CurrentCulture => CultureInfo.CurrentCulture;

    public override CultureInfo CurrentUICulture => CultureInfo.CurrentUICulture;

    public override Guid InstanceId { get; } = Guid.NewGuid();

    public override string Name => "Mcdm.Host";

    public override PSHostUserInterface UI => _ui;

    public override Version Version { get; } = Assembly.GetExecutingAssembly().GetName().Version!;

    /// <summary>The N of an <c>exit N</c> outside any script file; null while there was none.</summary>
    public int? RequestedExitCode { get; private set; }

    /// <summary>Sends what is formatted as output to standard error, until the result is disposed.</summary>
    public IDisposable SendOutputToErrors() => _ui.SendOutputToErrors();

    public void EndProgress() => _ui.EndProgress();

    public void Dispose() => _ui.EndProgress();

    public override void SetShouldExit(int exitCode) => RequestedExitCode = exitCode;

    public override void EnterNestedPrompt() => throw new NotSupportedException("Mcdm.Host has no nested prompt.");

    public override void ExitNestedPrompt()
    {
    }

    public override void NotifyBeginApplication()
    {
    }

    public override void NotifyEndApplication()
    {
    }
}
