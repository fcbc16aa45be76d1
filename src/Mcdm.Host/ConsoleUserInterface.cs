using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;

namespace Mcdm.Host;

/// <summary>Results go to standard output; errors, warnings, progress and the like to standard error.</summary>
internal sealed class ConsoleUserInterface : PSHostUserInterface
{
    private readonly Lock _lock = new();
    private readonly ProgressDisplay _progress = new();
    private readonly ConsolePrompt _prompt;
    private readonly LogFile? _log;
    private bool _outputIsErrors;

    public ConsoleUserInterface(LogFile? log) => (_log, _prompt) = (log, new ConsolePrompt(WriteToError));

    public override PSHostRawUserInterface RawUI { get; } = new ConsoleScreen();

    public override bool SupportsVirtualTerminal => !(_outputIsErrors ? Console.IsErrorRedirected : Console.IsOutputRedirected);

    public IDisposable SendOutputToErrors() => new ErrorSection(this);

    public override void Write(string value)
    {
        lock (_lock)
        {
            string plain = GetOutputString(value, supportsVirtualTerminal: false);
            if (_outputIsErrors) { _log?.Add("ERROR", plain); }
            else { _log?.AddOutput(plain); }
        }
        Print(_outputIsErrors ? Console.Error : Console.Out, GetOutputString(value, SupportsVirtualTerminal));
    }

    public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) =>
        Write(SupportsVirtualTerminal ? AnsiColor.Wrap(value, foregroundColor) : value);

    public override void WriteLine(string value) => Write(value + Environment.NewLine);

    public override void WriteErrorLine(string value) => Message("ERROR", value, value, ConsoleColor.Red);

    public override void WriteWarningLine(string message) => Message("WARNING", message);

    public override void WriteVerboseLine(string message) => Message("VERBOSE", message);

    public override void WriteDebugLine(string message) => Message("DEBUG", message);

    public override void WriteProgress(long sourceId, ProgressRecord record)
    {
        lock (_lock) { _progress.Show(record); }
    }

    public void EndProgress()
    {
        lock (_lock) { _progress.Clear(); }
    }

    public override string ReadLine() => ConsolePrompt.ReadLine();

    public override SecureString ReadLineAsSecureString() => _prompt.ReadSecret();

    public override Dictionary<string, PSObject> Prompt(string caption, string message, Collection<FieldDescription> descriptions) =>
        _prompt.Fields(caption, message, descriptions);

    public override int PromptForChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice) =>
        _prompt.Choice(caption, message, choices, defaultChoice);

    public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName) =>
        throw new NotSupportedException("Mcdm.Host does not ask for credentials.");

    public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName,
        PSCredentialTypes allowedCredentialTypes, PSCredentialUIOptions options) => PromptForCredential(caption, message, userName, targetName);

    private void Message(string kind, string message) => Message(kind, message, $"{kind}: {message}", ConsoleColor.Yellow);

    private void Message(string kind, string message, string text, ConsoleColor color)
    {
        lock (_lock) { _log?.Add(kind, GetOutputString(message, supportsVirtualTerminal: false)); }
        // PowerShell colours its own errors; a text that has colour already keeps it in a terminal.
        string shown = Console.IsErrorRedirected ? GetOutputString(text, supportsVirtualTerminal: false)
            : text.Contains('\e') ? text
            : AnsiColor.Wrap(text, color);
        Print(Console.Error, shown + Environment.NewLine);
    }

    private void WriteToError(string text) => Print(Console.Error, text);

    private void Print(TextWriter writer, string text)
    {
        lock (_lock)
        {
            _progress.Clear();
            writer.Write(text);
        }
    }

    private sealed class ErrorSection : IDisposable
    {
        private readonly ConsoleUserInterface _owner;

        public ErrorSection(ConsoleUserInterface owner) => (_owner, owner._outputIsErrors) = (owner, true);

        public void Dispose() => _owner._outputIsErrors = false;
    }
}
